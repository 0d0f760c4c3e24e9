import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type DemoMessage, type DemoTokens, estimateTokens } from "./answer.ts";
import { createFileParts, type FileParts } from "./file-parts.ts";
import type { FilesApi } from "./files-api.ts";
import { modelOf, type PromptMemory, unknownModel, words } from "./prompts.ts";
import { type DemoToolCall, wantedCall } from "./tool-calls.ts";
import { type Exchange, fields, Refusal, sendJson } from "./wire.ts";

/** Chat Completions and the models of the demo server. */
export interface ChatApi {
  handle(exchange: Exchange): Promise<void>;
  models(exchange: Exchange): void;
}

/** What the chat APIs of the demo server share. */
export interface ChatParts {
  readonly files: FilesApi;
  readonly memory: PromptMemory;
  /** The ids of its models. */
  readonly models: readonly string[];
  /** Milliseconds of pause before each word of a streamed answer. */
  readonly pace: number;
}

export function createChatApi({ files, memory, models, pace }: ChatParts): ChatApi {
  return {
    async handle(exchange) {
      const body = fields(exchange.request.body);
      const model = modelOf(body, models);
      const messages = messagesOf(body, createFileParts(files, "chat"));
      const prompt = messages.map((message) => `${message.role}\n${message.content}\n`).join("");
      const tokens = memory.remember(model, prompt);
      const call = wantedCall(body, messages);
      const reply = { model, text: call ? "" : answer(messages, tokens), tokens, call };
      if (body["stream"] !== true) return sendJson(exchange.response, 200, completion(reply));
      const includeUsage = fields(body["stream_options"])["include_usage"] === true;
      await stream(exchange, reply, { pace, includeUsage });
    },
    models({ request, response }) {
      const data = models.map((id) => ({ id, object: "model", created: 0, owned_by: "demo" }));
      const id = request.path.split("/")[3];
      if (id === undefined) return sendJson(response, 200, { object: "list", data });
      const model = data.find((each) => each.id === id);
      if (model === undefined) throw unknownModel(id);
      sendJson(response, 200, model);
    },
  };
}

interface Reply {
  readonly model: string;
  readonly text: string;
  readonly tokens: DemoTokens;
  readonly call: DemoToolCall | undefined;
}

function messagesOf(
  body: Readonly<Record<string, unknown>>,
  files: FileParts,
): readonly DemoMessage[] {
  const messages = body["messages"];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Refusal(400, "Invalid 'messages': expected an array with minimum length 1");
  }
  return messages.map((message: unknown, index) => {
    const { role, content, tool_calls: calls } = fields(message);
    if (typeof role !== "string") throw new Refusal(400, `Invalid 'messages[${index}].role'`);
    if (content === null && Array.isArray(calls)) return { role, content: JSON.stringify(calls) };
    return { role, content: textOf(content, `messages[${index}].content`, files) };
  });
}

function textOf(content: unknown, where: string, files: FileParts): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw new Refusal(400, `Invalid '${where}'`);
  return content.map((part: unknown) => partText(fields(part), where, files)).join("\n");
}

function partText(
  part: Readonly<Record<string, unknown>>,
  where: string,
  files: FileParts,
): string {
  const { type, text } = part;
  if (type === "text" && typeof text === "string") return text;
  if (type === "file") return files.file(fields(part["file"]));
  if (type === "image_url") return files.image({ image_url: fields(part["image_url"])["url"] });
  throw new Refusal(400, `Invalid value in '${where}': ${JSON.stringify(type)}`);
}

function usageOf({ tokens, text }: Reply): object {
  const output = estimateTokens(text);
  return {
    prompt_tokens: tokens.input,
    completion_tokens: output,
    total_tokens: tokens.input + output,
    prompt_tokens_details: { cached_tokens: tokens.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function envelope(reply: Reply, object: string): object {
  const created = Math.floor(Date.now() / 1000);
  const id = `chatcmpl-${randomBytes(12).toString("hex")}`;
  return { id, object, created, model: reply.model, system_fingerprint: null };
}

function completion(reply: Reply): object {
  const { text, call } = reply;
  const said = { role: "assistant", content: call ? null : text, refusal: null };
  const message = call ? { ...said, tool_calls: [call] } : said;
  const finish_reason = call ? "tool_calls" : "stop";
  return {
    ...envelope(reply, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: usageOf(reply),
  };
}

// https://platform.openai.com/docs/api-reference/chat-streaming
async function stream(
  { response }: Exchange,
  reply: Reply,
  { pace, includeUsage }: { readonly pace: number; readonly includeUsage: boolean },
): Promise<void> {
  const shared = envelope(reply, "chat.completion.chunk");
  const usage = includeUsage ? { usage: null } : {};
  const send = (data: object): unknown =>
    response.write(`data: ${JSON.stringify({ ...shared, ...data })}\n\n`);
  const sendDelta = (delta: object, finish_reason: string | null): unknown =>
    send({ choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...usage });
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  sendDelta({ role: "assistant", content: "", refusal: null }, null);
  for (const word of words(reply.text)) {
    if (pace > 0) await sleep(pace);
    if (response.destroyed) return;
    sendDelta({ content: word }, null);
  }
  if (reply.call) sendDelta({ tool_calls: [{ index: 0, ...reply.call }] }, null);
  sendDelta({}, reply.call ? "tool_calls" : "stop");
  if (includeUsage) send({ choices: [], usage: usageOf(reply) });
  response.end("data: [DONE]\n\n");
}
