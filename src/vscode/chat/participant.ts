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
import { summaryLine } from "../../core/context/show.ts";
import { escapeMarkdown } from "../markdown.ts";
import { modelVendor, participantId } from "../names.ts";
import { openPack, prepare } from "../pack.ts";
import type { Parts } from "../parts.ts";
import { signalOf } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { addAttachments } from "./attachments.ts";
import { chooseModel, isPreview } from "./choose-model.ts";
import { splitModelId } from "./model-id.ts";
import { isStaleReference, renewReferences } from "./renew.ts";
import { send } from "./send.ts";
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
  const notAdded = await addAttachments(parts, request.references, run);
  const signal = signalOf(token);
  const pack = (): Promise<PreparedRequest> =>
    prepare(parts, {
      question: request.prompt,
      turns: turnsOf(context),
      maxInputTokens: model.maxInputTokens,
      destination: `to ${model.name}`,
      ownModel: model.vendor === modelVendor ? model.id : undefined,
      signal,
      run,
    });
  let prepared = await pack();
  if (isPreparation) {
    await openPack(prepared, model.name);
    stream.markdown(`The exact text is in the editor.${account(prepared, notAdded)}`);
    return {};
  }
  const { registry } = parts;
  const ask = (): Promise<number> => send({ registry, model, prepared, stream, token, run });
  const answerLength = await ask().catch(async (error: unknown) => {
    if (!isStaleReference(error, prepared)) throw error;
    // Once: a lease may have ended before its time.
    const [providerId] = splitModelId(model.id);
    const provider = await parts.connections.open(providerId);
    await renewReferences(parts, { provider, run }, prepared, signal);
    prepared = await pack();
    return ask();
  });
  for (const { view } of prepared.kept) stream.reference(Uri.parse(view.file.uri));
  stream.markdown(account(prepared, notAdded));
  if (isPreview(model)) await suggestSetUp(parts, stream);
  const metadata: AnswerMetadata = { answerLength, digest: prepared.digest };
  return { metadata };
}

/** What stands under an answer: one line of truth about the request, then the attachments that did not join. */
function account(prepared: PreparedRequest, notAdded: readonly string[]): string {
  const lines = [summaryLine(prepared), ...notAdded.map((sentence) => `not added: ${sentence}`)];
  return `\n\n---\n${lines.map((line) => `*${escapeMarkdown(line)}*`).join("\n\n")}`;
}

async function suggestSetUp(parts: Parts, stream: ChatResponseStream): Promise<void> {
  const { problems } = await parts.connections.offer();
  for (const problem of problems) stream.markdown(`\n\n${escapeMarkdown(problem)}.`);
  stream.button({ command: "satchel.setApiKey", title: "Set API Key" });
}
