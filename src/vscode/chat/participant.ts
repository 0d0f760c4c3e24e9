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
  const model = await chooseModel(request.model, parts.connections);
  for (const sentence of await addAttachments(parts, request.references)) {
    stream.markdown(`*Not added: ${escapeMarkdown(sentence)}.*\n\n`);
  }
  const prepared = await prepare(parts, {
    question: request.prompt,
    turns: turnsOf(context),
    maxInputTokens: model.maxInputTokens,
    destination: `to ${model.name}`,
    signal: signalOf(token),
  });
  if (request.command === "pack") {
    await openPack(prepared, model.name);
    stream.markdown(`The exact text is in the editor: ${escapeMarkdown(summaryLine(prepared))}.`);
    return {};
  }
  requireTrust("Sending files");
  const answerLength = await send(model, prepared, asked);
  await recordSent(parts.registry, prepared);
  for (const { view } of prepared.kept) stream.reference(Uri.parse(view.file.uri));
  stream.markdown(`\n\n---\n*${escapeMarkdown(summaryLine(prepared))}*`);
  await suggestSetUp(parts, model, stream);
  const metadata: AnswerMetadata = { answerLength, digest: prepared.digest };
  return { metadata };
}

/** Streams the model's answer and returns its length in characters. */
async function send(
  model: LanguageModelChat,
  prepared: PreparedRequest,
  { stream, token }: Asked,
): Promise<number> {
  stream.progress(
    `Sending ${counted(prepared.kept.length, "file")}, ${counted(prepared.tokens.total, "token")}`,
  );
  const messages = prepared.messages.map(({ role, content }) =>
    role === "assistant"
      ? LanguageModelChatMessage.Assistant(content)
      : LanguageModelChatMessage.User(content),
  );
  // The stable API knows no system messages; our own provider is told that the first message is one. Others would pass the option on.
  const options = model.vendor === modelVendor ? { modelOptions: { systemMessages: 1 } } : {};
  const response = await model.sendRequest(messages, options, token);
  let length = 0;
  for await (const text of response.text) {
    stream.markdown(text);
    length += text.length;
  }
  return length;
}

async function suggestSetUp(
  parts: Parts,
  model: LanguageModelChat,
  stream: ChatResponseStream,
): Promise<void> {
  if (!isPreview(model)) return;
  const { problems } = await parts.connections.offer();
  for (const problem of problems) stream.markdown(`\n\n${escapeMarkdown(problem)}.`);
  stream.button({ command: "satchel.setApiKey", title: "Set API Key" });
}
