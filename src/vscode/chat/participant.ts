import {
  chat,
  LanguageModelChatMessage,
  LanguageModelError,
  Uri,
  type CancellationToken,
  type ChatContext,
  type ChatRequest,
  type ChatResponseStream,
  type ChatResult,
  type Disposable,
  type LanguageModelChat,
} from "vscode";
import { isContextError, messageOf } from "../../core/errors.ts";
import type { Message } from "../../core/context/message.ts";
import { recordSent, type PreparedRequest } from "../../core/context/prepare.ts";
import { counted } from "../../core/session/format.ts";
import { summaryLine } from "../../core/context/show.ts";
import { escapeMarkdown } from "../markdown.ts";
import { modelVendor, participantId } from "../names.ts";
import { openPack, prepare } from "../pack.ts";
import type { Parts } from "../parts.ts";
import { signalOf } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { addAttachments } from "./attachments.ts";
import { chooseModel, isPreview } from "./choose-model.ts";
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
  const notAdded = await addAttachments(parts, request.references);
  const prepared = await prepare(parts, {
    question: request.prompt,
    turns: turnsOf(context),
    maxInputTokens: model.maxInputTokens,
    destination: `to ${model.name}`,
    signal: signalOf(token),
  });
  if (isPreparation) {
    await openPack(prepared, model.name);
    stream.markdown(`The exact text is in the editor.${account(prepared, notAdded)}`);
    return {};
  }
  const answerLength = await send(parts, { model, prepared, asked });
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

interface Sending {
  readonly model: LanguageModelChat;
  readonly prepared: PreparedRequest;
  readonly asked: Asked;
}

/** Streams the model's answer and returns its length in characters. */
async function send(parts: Parts, { model, prepared, asked }: Sending): Promise<number> {
  const { stream, token } = asked;
  const { kept, tokens } = prepared;
  stream.progress(`Sending ${counted(kept.length, "file")}, ${counted(tokens.total, "token")}`);
  // The stable API knows no system messages; our own provider is told that the first message is one. Others would pass the option on.
  const options = model.vendor === modelVendor ? { modelOptions: { systemMessages: 1 } } : {};
  const response = await model.sendRequest(prepared.messages.map(toModelMessage), options, token);
  let length = 0;
  for await (const text of response.text) {
    // The first word of an answer proves that the model was shown the files, whatever becomes of the rest.
    if (length === 0 && !isPreview(model)) await recordSent(parts.registry, prepared);
    stream.markdown(text);
    length += text.length;
  }
  return length;
}

function toModelMessage({ role, content }: Message): LanguageModelChatMessage {
  return role === "assistant"
    ? LanguageModelChatMessage.Assistant(content)
    : LanguageModelChatMessage.User(content);
}

async function suggestSetUp(parts: Parts, stream: ChatResponseStream): Promise<void> {
  const { problems } = await parts.connections.offer();
  for (const problem of problems) stream.markdown(`\n\n${escapeMarkdown(problem)}.`);
  stream.button({ command: "satchel.setApiKey", title: "Set API Key" });
}
