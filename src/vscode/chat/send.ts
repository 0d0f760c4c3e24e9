import {
  LanguageModelChatMessage,
  LanguageModelError,
  type CancellationToken,
  LanguageModelTextPart,
  type ChatResponseStream,
  type LanguageModelChat,
} from "vscode";
import type { Message } from "../../core/context/message.ts";
import { recordSent, type PreparedRequest } from "../../core/context/prepare.ts";
import type { OperationErrorCode } from "../../core/operations/operation.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import type { Registry } from "../../core/ports/registry.ts";
import { counted } from "../../core/session/format.ts";
import { modelVendor } from "../names.ts";
import { filePart } from "./file-parts.ts";
import { isPreview } from "./choose-model.ts";
import { splitModelId } from "./model-id.ts";

export interface Sending {
  readonly registry: Registry;
  readonly model: LanguageModelChat;
  readonly prepared: PreparedRequest;
  readonly stream: ChatResponseStream;
  readonly token: CancellationToken;
  /** Belongs to the question. */
  readonly run: RunOperation;
}

/** Sends a request, streams the model's answer and returns its length in characters. */
export async function send(sending: Sending): Promise<number> {
  const { model, stream } = sending;
  const { kept, tokens } = sending.prepared;
  stream.progress(`Sending ${counted(kept.length, "file")}, ${counted(tokens.total, "token")}`);
  const words = isPreview(model) ? await askModel(sending) : await showFiles(sending);
  let length = 0;
  for await (const text of words) {
    stream.markdown(text);
    length += text.length;
  }
  return length;
}

/** The model's answer, word by word. */
async function askModel({ model, prepared, token }: Sending): Promise<AsyncIterable<string>> {
  // The stable API knows no system messages; our own provider is told that the first message is one. Others would pass the option on.
  const own = {
    systemMessages: 1,
    stableMessages: stableMessages(prepared),
    cacheKey: prepared.cacheKey,
  };
  const options = model.vendor === modelVendor ? { modelOptions: own } : {};
  const response = await model.sendRequest(prepared.messages.map(toModelMessage), options, token);
  return response.text;
}

/** Instructions and files come again with the next question, and stand in front of everything that does not. */
function stableMessages({ messages, kept }: PreparedRequest): number {
  return Math.min(messages.length - 1, kept.length > 0 ? 2 : 1);
}

/** As `askModel`, logged. The first word of an answer proves that the model was shown the files, whatever becomes of the rest. */
function showFiles(sending: Sending): Promise<AsyncIterable<string>> {
  const { registry, prepared, token, run } = sending;
  const { sessionId } = prepared.kept[0]?.view.file ?? prepared.omitted[0]?.file ?? {};
  const provider = providerOf(sending.model);
  return run({ kind: "access", sessionId, provider }, async (operation) => {
    for (const { view } of prepared.kept) {
      const { contentId, bytes } = view.content;
      operation.file({ uri: view.file.uri, contentId, bytes });
    }
    try {
      const answer = await begun(await askModel(sending));
      if (answer.isEmpty && token.isCancellationRequested)
        operation.tell({ errorCode: "cancelled" });
      if (!answer.isEmpty) await recordSent(registry, prepared);
      return answer.words;
    } catch (error) {
      operation.tell({ errorCode: errorCodeOf(error, token) });
      throw error;
    }
  });
}

/** Waits for the first word. */
async function begun(
  answer: AsyncIterable<string>,
): Promise<{ readonly isEmpty: boolean; readonly words: AsyncIterable<string> }> {
  const iterator = answer[Symbol.asyncIterator]();
  let next = await iterator.next();
  while (next.done !== true && next.value === "") next = await iterator.next();
  async function* words(): AsyncGenerator<string, void, undefined> {
    for (; next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { isEmpty: next.done === true, words: words() };
}

/** VS Code has errors of its own, for models of any vendor; undefined for others. */
function errorCodeOf(error: unknown, token: CancellationToken): OperationErrorCode | undefined {
  if (token.isCancellationRequested) return "cancelled";
  return error instanceof LanguageModelError ? "provider-rejected" : undefined;
}

/** For our own models the provider's id, which begins the model's; for others their vendor. */
function providerOf({ vendor, id }: LanguageModelChat): string {
  const [provider] = splitModelId(id);
  return vendor === modelVendor ? provider : vendor;
}

function toModelMessage({ role, content, files = [] }: Message): LanguageModelChatMessage {
  if (role === "assistant") return LanguageModelChatMessage.Assistant(content);
  if (files.length === 0) return LanguageModelChatMessage.User(content);
  return LanguageModelChatMessage.User([
    ...files.map(filePart),
    new LanguageModelTextPart(content),
  ]);
}
