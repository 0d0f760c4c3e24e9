import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type DemoMessage, type DemoTokens, estimateTokens } from "./answer.ts";
import { type Exchange, fields, Refusal, sendJson } from "./wire.ts";

/** The chat side of the demo server. It remembers the last prompt of each model, to tell cached tokens. */
export interface ChatApi {
  handle(exchange: Exchange): Promise<void>;
  models(exchange: Exchange): void;
}

const modelIds = ["demo-large", "demo-small"];
// https://platform.openai.com/docs/guides/prompt-caching: prompts from 1,024 tokens on, counted in steps of 128.
const cacheMinimum = 1024;
const cacheStep = 128;

/** `pace` is the pause in milliseconds before each word of a streamed answer. */
export function createChatApi(pace: number): ChatApi {
  const lastPrompt = new Map<string, string>();
  return {
    async handle(exchange) {
      const body = fields(exchange.request.body);
      const model = modelOf(body);
      const messages = messagesOf(body);
      const prompt = messages.map((message) => `${message.role}\n${message.content}\n`).join("");
      const tokens = tokensOf(prompt, lastPrompt.get(model) ?? "");
      lastPrompt.set(model, prompt);
      const reply = { model, text: answer(messages, tokens), tokens };
      if (body["stream"] !== true) return sendJson(exchange.response, 200, completion(reply));
      const includeUsage = fields(body["stream_options"])["include_usage"] === true;
      await stream(exchange, reply, { pace, includeUsage });
    },
    models({ request, response }) {
      const data = modelIds.map((id) => ({ id, object: "model", created: 0, owned_by: "demo" }));
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
}

function modelOf(body: Readonly<Record<string, unknown>>): string {
  const model = body["model"];
  if (typeof model !== "string") throw new Refusal(400, "you must provide a model parameter");
  if (!modelIds.includes(model)) throw unknownModel(model);
  return model;
}

function unknownModel(id: string): Refusal {
  const sentence = `The model \`${id}\` does not exist or you do not have access to it.`;
  return new Refusal(404, sentence, "model_not_found");
}

function messagesOf(body: Readonly<Record<string, unknown>>): readonly DemoMessage[] {
  const messages = body["messages"];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Refusal(400, "Invalid 'messages': expected an array with minimum length 1");
  }
  return messages.map((message: unknown, index) => {
    const { role, content } = fields(message);
    if (typeof role !== "string") throw new Refusal(400, `Invalid 'messages[${index}].role'`);
    return { role, content: textOf(content, index) };
  });
}

function textOf(content: unknown, index: number): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw new Refusal(400, `Invalid 'messages[${index}].content'`);
  return content
    .map((part: unknown) => fields(part)["text"])
    .filter((text) => typeof text === "string")
    .join("\n");
}

function tokensOf(prompt: string, previous: string): DemoTokens {
  let same = 0;
  while (same < prompt.length && prompt[same] === previous[same]) same += 1;
  const shared = Math.floor(same / 4);
  const cached = shared < cacheMinimum ? 0 : shared - (shared % cacheStep);
  return { input: estimateTokens(prompt), cached };
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
  const message = { role: "assistant", content: reply.text, refusal: null };
  return {
    ...envelope(reply, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
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
  for (const word of reply.text.split(/(?<=\s)(?=\S)/)) {
    if (pace > 0) await sleep(pace);
    if (response.destroyed) return;
    sendDelta({ content: word }, null);
  }
  sendDelta({}, "stop");
  if (includeUsage) send({ choices: [], usage: usageOf(reply) });
  response.end("data: [DONE]\n\n");
}
