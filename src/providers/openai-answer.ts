import type { OpenAI } from "openai";
import type { ContextError } from "../core/errors.ts";
import type { ChatEvent, Usage } from "../core/ports/provider-chat.ts";
import { type Call, called } from "./calls.ts";
import { abortError, type CallSite, failureOf, fieldsOf, malformed } from "./http.ts";
import { createToolCallPieces, type ToolCallPieces } from "./openai-chat.ts";
import { textIn, usageOf } from "./openai-replies.ts";

/** How one provider's answers differ from OpenAI's. */
interface AnswerReading {
  readonly site: CallSite;
  readonly signal: AbortSignal;
  /** The usage in a chunk; undefined for a chunk without. */
  readonly usageIn?: ((chunk: unknown) => Usage | undefined) | undefined;
  /** The error that this reason to end stands for; undefined for an answer that ended well. */
  readonly failureAt?: ((reason: string, site: CallSite) => ContextError | undefined) | undefined;
}

/** Asks a question through Chat Completions. */
export async function* completion(
  call: Call<OpenAI>,
  body: OpenAI.ChatCompletionCreateParamsStreaming,
  signal: AbortSignal,
  reading: Pick<AnswerReading, "usageIn" | "failureAt"> = {},
): AsyncGenerator<ChatEvent, void, undefined> {
  const { reply: stream, site } = await called(call, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
    client.chat.completions.create(body, { signal }),
  );
  yield* answerOf(stream, { site, signal, ...reading });
}

/** The events of a streamed answer in the words of Chat Completions. */
async function* answerOf(
  stream: AsyncIterable<unknown>,
  reading: AnswerReading,
): AsyncGenerator<ChatEvent, void, undefined> {
  const { site, signal, failureAt } = reading;
  const heard: Heard = { toolCalls: createToolCallPieces(), usage: undefined, ending: undefined };
  for await (const text of textsOf(stream, reading, heard)) yield { kind: "text", text };
  // The SDK ends quietly when the request is aborted, and when the reply holds no stream at all.
  if (signal.aborted) throw abortError();
  if (heard.ending === undefined) throw malformed(site, "an answer that breaks off");
  const failure = failureAt?.(heard.ending, site);
  if (failure !== undefined) throw failure;
  for (const call of heard.toolCalls.finish()) yield { kind: "tool-call", call };
  if (heard.usage !== undefined) yield { kind: "usage", usage: heard.usage };
}

/** What an answer has told besides its text. */
interface Heard {
  readonly toolCalls: ToolCallPieces;
  usage: Usage | undefined;
  /** Why the model says that the answer ends; undefined while it goes on. */
  ending: string | undefined;
}

async function* textsOf(
  stream: AsyncIterable<unknown>,
  { site, signal, usageIn = usageOf }: AnswerReading,
  heard: Heard,
): AsyncGenerator<string, void, undefined> {
  try {
    // Leaving this loop early, as an abandoned iteration does, makes the SDK abort the request.
    for await (const chunk of stream) {
      const text = textIn(chunk);
      heard.usage = usageIn(chunk) ?? heard.usage;
      heard.ending ??= endingOf(chunk);
      heard.toolCalls.add(chunk);
      if (text !== "") yield text;
    }
  } catch (error) {
    throw failureOf(error, site, signal);
  }
}

/** Why the model says that its answer ends in this chunk; undefined if it goes on. */
function endingOf(chunk: unknown): string | undefined {
  const { choices } = fieldsOf(chunk);
  const { finish_reason: reason } = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  return typeof reason === "string" ? reason : undefined;
}
