import {
  LanguageModelError,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  type CancellationToken,
  type ChatResponseStream,
  type LanguageModelChat,
} from "vscode";
import type { PreparedRequest } from "../../core/context/prepare.ts";
import { readTool } from "../../core/context/reading/read-tool.ts";
import { recordSent } from "../../core/context/ledger/record.ts";
import type { ToolCall } from "../../core/ports/provider-chat.ts";
import type { OperationErrorCode } from "../../core/operations/operation.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import type { Registry } from "../../core/ports/registry.ts";
import { counted } from "../../core/session/format.ts";
import { modelVendor } from "../names.ts";
import { isPreview } from "./choose-model.ts";
import { splitModelId } from "./model-id.ts";
import { toModelMessage } from "./translate.ts";

export interface Sending {
  readonly registry: Registry;
  readonly model: LanguageModelChat;
  readonly prepared: PreparedRequest;
  readonly stream: ChatResponseStream;
  readonly token: CancellationToken;
  /** Belongs to the question. */
  readonly run: RunOperation;
}

/** What a model answered to one request. */
export interface Answered {
  readonly text: string;
  /** What it wants to read before it goes on. */
  readonly toolCalls: readonly ToolCall[];
}

/** Sends a request and streams the model's answer. */
export async function send(sending: Sending): Promise<Answered> {
  const { model, stream } = sending;
  const { kept, tokens } = sending.prepared;
  stream.progress(`Sending ${counted(kept.length, "file")}, ${counted(tokens.total, "token")}`);
  const parts = isPreview(model) ? await askModel(sending) : await showFiles(sending);
  let answer = "";
  const toolCalls: ToolCall[] = [];
  for await (const part of parts) {
    if (part instanceof LanguageModelTextPart) {
      stream.markdown(part.value);
      answer += part.value;
    } else if (part instanceof LanguageModelToolCallPart) {
      const { callId, name, input } = part;
      toolCalls.push({ id: callId, name, input: JSON.stringify(input) });
    }
  }
  return { text: answer, toolCalls };
}

type Parts = AsyncIterable<unknown>;

/** The model's answer, part by part. */
async function askModel({ model, prepared, token }: Sending): Promise<Parts> {
  const options = model.vendor === modelVendor ? { modelOptions: hintsOf(prepared) } : {};
  const response = await model.sendRequest(
    prepared.messages.map(toModelMessage),
    { ...options, tools: [{ inputSchema: {}, ...readTool }] },
    token,
  );
  return response.stream;
}

/** The stable API knows no system messages and no cache; our own models are told. Others would pass the options on. */
function hintsOf({ request, conversation, log, cacheKey }: PreparedRequest): object {
  return {
    requestId: request.id,
    systemMessages: 1,
    stableMessages: log.length,
    repeatedMessages: Math.min(request.keeps, conversation.sent),
    materialMessages: log.flatMap(({ role, blocks }, place) =>
      role === "user" && blocks.every(({ kind }) => kind !== "question") ? [place] : [],
    ),
    cacheKey,
  };
}

/** As `askModel`, logged. The first part of an answer proves that the model was shown the files, whatever becomes of the rest. */
function showFiles(sending: Sending): Promise<Parts> {
  const { registry, prepared, token, run } = sending;
  const { sessionId } = prepared.request;
  return run(
    { kind: "access", sessionId, provider: providerOf(sending.model) },
    async (operation) => {
      for (const { view } of prepared.kept) {
        const { contentId, bytes } = view.content;
        operation.file({ uri: view.file.uri, contentId, bytes });
      }
      try {
        const answer = await begun(await askModel(sending));
        if (answer.isEmpty && token.isCancellationRequested)
          operation.tell({ errorCode: "cancelled" });
        if (!answer.isEmpty) await recordSent(registry, prepared);
        return answer.parts;
      } catch (error) {
        operation.tell({ errorCode: errorCodeOf(error, token) });
        throw error;
      }
    },
  );
}

/** Waits for the first part that says something. */
async function begun(answer: Parts): Promise<{ readonly isEmpty: boolean; readonly parts: Parts }> {
  const iterator = answer[Symbol.asyncIterator]();
  let next = await iterator.next();
  while (next.done !== true && isSilent(next.value)) next = await iterator.next();
  async function* parts(): AsyncGenerator<unknown, void, undefined> {
    for (; next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { isEmpty: next.done === true, parts: parts() };
}

function isSilent(part: unknown): boolean {
  return part instanceof LanguageModelTextPart && part.value === "";
}

/** VS Code has errors of its own, for models of any vendor; undefined for others. */
function errorCodeOf(error: unknown, token: CancellationToken): OperationErrorCode | undefined {
  if (token.isCancellationRequested) return "cancelled";
  return error instanceof LanguageModelError ? "provider-rejected" : undefined;
}

/** For our own models the provider's id, which begins the model's; for others their vendor. */
function providerOf({ vendor, id }: LanguageModelChat): string {
  return vendor === modelVendor ? splitModelId(id)[0] : vendor;
}
