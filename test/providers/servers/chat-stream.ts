import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fields, list } from "./fake-http.ts";

/** An answer to be streamed in the words of Chat Completions. */
export interface Answer {
  readonly model: string;
  readonly text: string;
  /** Milliseconds before each word. */
  readonly pace: number;
  /** What stands in the last choice beside the reason to end. */
  readonly ending: { readonly reason: string; readonly choice?: object; readonly chunk?: object };
  /** Chunks after the last choice. */
  readonly after?: readonly object[];
}

/** Streams an answer word by word, after a thought that nobody asked for. */
export async function streamAnswer(
  response: ServerResponse,
  { model, text, pace, ending, after = [] }: Answer,
): Promise<void> {
  const shared = { id: "chatcmpl-fake", object: "chat.completion.chunk", created: 1, model };
  const send = (chunk: object): unknown =>
    response.write(`data: ${JSON.stringify({ ...shared, ...chunk })}\n\n`);
  const choose = (delta: object, rest: object = {}): object => ({
    choices: [{ index: 0, delta, finish_reason: null, ...rest }],
  });
  response.writeHead(200, { "content-type": "text/event-stream" });
  send(choose({ role: "assistant", content: "" }));
  send(choose({ reasoning_content: "The user wants a word." }));
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    if (pace > 0) await sleep(pace);
    if (response.destroyed) return;
    send(choose({ content: word }));
  }
  const { reason, choice = {}, chunk = {} } = ending;
  send({ ...choose({}, { finish_reason: reason, ...choice }), ...chunk });
  for (const each of after) send({ choices: [], ...each });
  response.end("data: [DONE]\n\n");
}

/** All text of a request's messages, roughly four characters a token. */
export function tokensOf(body: unknown): number {
  const texts = list(fields(body)["messages"]).map((message) => JSON.stringify(fields(message)));
  return Math.ceil(texts.join("").length / 4);
}

/** The parts of all contents that are lists, each with the index of its message. */
export function partsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  return list(fields(body)["messages"]).flatMap((message) =>
    list(fields(message)["content"]).map(fields),
  );
}
