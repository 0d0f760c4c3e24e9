import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { OfferedModel, PromptPart } from "./anthropic-prompt.ts";
import type { Exchange } from "./anthropic-wire.ts";

/** What the stand-in answers. */
export interface Answer {
  readonly text: string;
  readonly toolCalls?: readonly { readonly name: string; readonly input: object }[];
  readonly stopReason?: string;
  readonly stopDetails?: object;
}

/** Input tokens as the service bills them: the three are apart from each other. */
export interface InputTokens {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** Remembers the marked beginnings of prompts. */
export interface PromptCache {
  /** Counts a prompt, and keeps its marked beginnings. */
  count(model: string, parts: readonly PromptPart[]): InputTokens;
}

/** Tokens of the shortest beginning that is kept. */
const shortest = 1024;
/** Parts that are looked at before a mark. */
const lookback = 20;

// https://platform.claude.com/docs/en/build-with-claude/prompt-caching
export function createPromptCache(): PromptCache {
  const kept = new Set<string>();
  return {
    count(model, parts) {
      const marks = parts.flatMap(({ isMarked }, index) => (isMarked ? [index + 1] : []));
      const key = (end: number): string =>
        JSON.stringify([model, parts.slice(0, end).map(({ text }) => text)]);
      const size = (end: number): number =>
        parts.slice(0, end).reduce((sum, { tokens }) => sum + tokens, 0);
      const lengths = marks.flatMap((mark) =>
        Array.from({ length: Math.min(lookback, mark) }, (_, back) => mark - back),
      );
      const read = Math.max(0, ...lengths.filter((end) => kept.has(key(end))).map(size));
      const written = Math.max(read, ...marks.map(size).filter((tokens) => tokens >= shortest));
      for (const mark of marks) if (size(mark) >= shortest) kept.add(key(mark));
      return {
        input_tokens: size(parts.length) - written,
        cache_creation_input_tokens: written - read,
        cache_read_input_tokens: read,
      };
    },
  };
}

/** What a streamed answer is made from. */
export interface Streamed {
  readonly model: OfferedModel;
  readonly tokens: InputTokens;
  readonly answer: Answer;
  /** The pause in milliseconds before each word. */
  readonly pace: number;
}

// https://platform.claude.com/docs/en/build-with-claude/streaming
/** Streams an answer with every event that the service sends. */
export async function stream({ response }: Exchange, streamed: Streamed): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "request-id": "req_011CTest",
  });
  for (const { data, isWord } of eventsOf(streamed)) {
    if (isWord === true && streamed.pace > 0) await sleep(streamed.pace);
    if (response.destroyed) return;
    response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  response.end();
}

interface Event {
  readonly data: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly isWord?: boolean;
}

function* eventsOf({ model, tokens, answer }: Streamed): Generator<Event, void, undefined> {
  const usage = { ...tokens, output_tokens: 1, service_tier: "standard" };
  const message = {
    id: `msg_${randomBytes(12).toString("hex")}`,
    type: "message",
    role: "assistant",
    model: model.id,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  yield { data: { type: "message_start", message } };
  let index = 0;
  if (model.thinksAlways === true) yield* thinkingEvents(index++);
  if (answer.text !== "") yield* textEvents(index++, answer.text);
  for (const call of answer.toolCalls ?? []) yield* callEvents(index++, call);
  const called = (answer.toolCalls ?? []).length > 0;
  const stop = {
    stop_reason: answer.stopReason ?? (called ? "tool_use" : "end_turn"),
    stop_sequence: null,
    stop_details: answer.stopDetails ?? null,
  };
  const output = Math.ceil(JSON.stringify(answer).length / 4);
  // The latest counts hold; null tells nothing.
  const total = { ...tokens, cache_read_input_tokens: null, output_tokens: output };
  yield { data: { type: "message_delta", delta: stop, usage: total } };
  yield { data: { type: "message_stop" } };
}

function* thinkingEvents(index: number): Generator<Event, void, undefined> {
  const block = { type: "thinking", thinking: "", signature: "" };
  yield { data: { type: "content_block_start", index, content_block: block } };
  const signature = { type: "signature_delta", signature: "EqoBCkYIDBgC" };
  yield { data: { type: "content_block_delta", index, delta: signature } };
  yield { data: { type: "content_block_stop", index } };
}

function* textEvents(index: number, text: string): Generator<Event, void, undefined> {
  const block = { type: "text", text: "" };
  yield { data: { type: "content_block_start", index, content_block: block } };
  yield { data: { type: "ping" } };
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    const delta = { type: "text_delta", text: word };
    yield { data: { type: "content_block_delta", index, delta }, isWord: true };
  }
  yield { data: { type: "content_block_stop", index } };
}

function* callEvents(
  index: number,
  { name, input }: { readonly name: string; readonly input: object },
): Generator<Event, void, undefined> {
  const id = `toolu_${randomBytes(12).toString("hex")}`;
  const block = { type: "tool_use", id, name, input: {} };
  yield { data: { type: "content_block_start", index, content_block: block } };
  const json = Object.keys(input).length === 0 ? "" : JSON.stringify(input);
  for (const piece of ["", ...(json.match(/.{1,7}/gs) ?? [])]) {
    const delta = { type: "input_json_delta", partial_json: piece };
    yield { data: { type: "content_block_delta", index, delta } };
  }
  yield { data: { type: "content_block_stop", index } };
}
