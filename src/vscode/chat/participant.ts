import {
  chat,
  LanguageModelError,
  Uri,
  type CancellationToken,
  type ChatContext,
  type ChatRequest,
  type ChatResponseStream,
  type ChatResult,
  type Disposable,
} from "vscode";
import { isContextError, messageOf } from "../../core/errors.ts";
import type { PreparedRequest } from "../../core/context/prepare.ts";
import { savingsNow, savingsSentence, type Savings } from "../../core/context/account/savings.ts";
import { summaryLine } from "../../core/context/account/show.ts";
import type { RequestFacts } from "../../core/ports/request-log.ts";
import { escapeMarkdown } from "../markdown.ts";
import { participantId } from "../names.ts";
import { openPack, prepare } from "../pack.ts";
import type { Parts } from "../parts.ts";
import { signalOf } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { addAttachments, type NotAdded } from "./attachments.ts";
import { askInRounds, type AnsweredTurn, type Asking } from "./rounds.ts";
import { chooseModel, isPreview } from "./choose-model.ts";
import { splitModelId } from "./model-id.ts";
import { renewReferences, staleReference } from "./renew.ts";
import { turnsOf, type AnswerMetadata } from "./turns.ts";

/** Registers `@satchel`. */
export function createParticipant(parts: Parts, icon: Uri): Disposable {
  const participant = chat.createChatParticipant(participantId, (request, context, stream, token) =>
    handle(parts, { request, context, stream, token }),
  );
  participant.iconPath = icon;
  return participant;
}

interface Asked {
  readonly request: ChatRequest;
  readonly context: ChatContext;
  readonly stream: ChatResponseStream;
  readonly token: CancellationToken;
}

async function handle(parts: Parts, asked: Asked): Promise<ChatResult> {
  try {
    return await answer(parts, asked);
  } catch (error) {
    if (asked.token.isCancellationRequested) return {};
    if (!isContextError(error) && !(error instanceof LanguageModelError))
      parts.report.log.error(String(error));
    return { errorDetails: { message: messageOf(error) } };
  }
}

async function answer(parts: Parts, asked: Asked): Promise<ChatResult> {
  const { request, context, stream, token } = asked;
  const isPreparation = request.command === "pack";
  if (!isPreparation) requireTrust("Sending files");
  const model = await chooseModel(request.model, parts.connections);
  const run = parts.operations.command(isPreparation ? "pack" : "ask");
  const { uris, notAdded } = await addAttachments(parts, request.references, run);
  const signal = signalOf(token);
  const pack = (): Promise<PreparedRequest> =>
    prepare(parts, {
      question: request.prompt,
      turns: turnsOf(context),
      attached: uris,
      unshown: notAdded,
      model,
      signal,
      run,
    });
  if (isPreparation) {
    const prepared = await pack();
    await openPack(prepared, model.name);
    stream.markdown(`The exact text is in the editor.${account(prepared, notAdded)}`);
    return {};
  }
  const asking = { parts, model, stream, token, run };
  const turn = await askInRounds(asking, await pack()).catch(async (error: unknown) => {
    const stale = staleReference(error);
    if (!stale) throw error;
    // Once: a lease may have ended before its time.
    const [providerId] = splitModelId(model.id);
    const provider = await parts.connections.open(providerId);
    await renewReferences(parts, { provider, run }, stale, signal);
    return askInRounds(asking, await pack());
  });
  const result = await concluded(asking, turn, notAdded);
  if (isPreview(model)) await suggestSetUp(parts, stream);
  return result;
}

/** Ends an answer: what it was made of, what it cost, and what can be done with it. */
async function concluded(
  { parts, model, stream }: Asking,
  { last, requests, answer: text }: AnsweredTurn,
  notAdded: readonly NotAdded[],
): Promise<ChatResult> {
  for (const { view } of last.kept) stream.reference(Uri.parse(view.file.uri));
  const savings = await savingsNow(parts, last);
  stream.markdown(account(last, notAdded, { requests, savings }));
  if (requests.length > 0 && !isPreview(model)) {
    parts.active.wantedEpoch = undefined;
    stream.button({
      command: "satchel.saveFinding",
      title: "Save as Finding",
      arguments: [{ text }],
    });
  }
  const metadata: AnswerMetadata = {
    answerLength: text.length,
    requestIds: requests.map(({ id }) => id),
  };
  return { metadata };
}

/** What stands under an answer: one line of truth about the request, what earlier phases have saved it, and the attachments that did not join. */
function account(
  prepared: PreparedRequest,
  notAdded: readonly NotAdded[],
  done: {
    readonly requests?: readonly RequestFacts[];
    readonly savings?: Savings | undefined;
  } = {},
): string {
  const lines = [
    summaryLine(prepared, done.requests),
    ...(done.savings ? [savingsSentence(done.savings) ?? ""] : []),
    ...notAdded.map(({ sentence }) => `not added: ${sentence}`),
  ].filter((line) => line !== "");
  return `\n\n---\n${lines.map((line) => `*${escapeMarkdown(line)}*`).join("\n\n")}`;
}

async function suggestSetUp(parts: Parts, stream: ChatResponseStream): Promise<void> {
  const { problems } = await parts.connections.offer();
  for (const problem of problems) stream.markdown(`\n\n${escapeMarkdown(problem)}.`);
  stream.button({ command: "satchel.setApiKey", title: "Set API Key" });
}
