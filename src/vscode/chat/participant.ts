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
import { summaryLine } from "../../core/context/show.ts";
import { addToSession } from "../commands/files.ts";
import { escapeMarkdown } from "../markdown.ts";
import { modelVendor, participantId } from "../names.ts";
import { openPack, prepare } from "../pack.ts";
import type { Parts } from "../parts.ts";
import { signalOf } from "../progress.ts";
import { requireTrust } from "../trust.ts";
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
  await addAttachments(parts, request, stream);
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

/** Files attached with `#` become session files. What cannot be added is said, and does not stop the answer. */
async function addAttachments(
  parts: Parts,
  request: ChatRequest,
  stream: ChatResponseStream,
): Promise<void> {
  // VS Code lists references from the last in the prompt to the first.
  const uris = request.references.toReversed().flatMap(({ value }) => {
    if (value instanceof Uri) return [value.toString()];
    return hasUri(value) ? [value.uri.toString()] : [];
  });
  const outcomes = await addToSession(parts, uris);
  for (const outcome of outcomes) {
    if (outcome.kind === "failed")
      stream.markdown(`*Not added: ${escapeMarkdown(outcome.error.message)}.*\n\n`);
  }
}

/** A selection is attached as a `Location`: its whole file becomes a session file. */
function hasUri(value: unknown): value is { readonly uri: Uri } {
  return typeof value === "object" && value !== null && "uri" in value && value.uri instanceof Uri;
}

/** Streams the model's answer and returns its length in characters. */
async function send(
  model: LanguageModelChat,
  prepared: PreparedRequest,
  { stream, token }: Asked,
): Promise<number> {
  stream.progress(
    `Sending ${prepared.kept.length} files, ${prepared.tokens.total.toLocaleString("en")} tokens`,
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
