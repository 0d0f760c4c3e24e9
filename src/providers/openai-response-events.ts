import type { ChatEvent, Usage } from "../core/ports/provider-chat.ts";
import { abortError, type CallSite, errorFor, failureOf, fieldsOf, malformed } from "./http.ts";
import { cutShort } from "./openai-refusals.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The events of a streamed answer in the words of the Responses API. What the model thinks is left out; a refusal is text. An answer that fails or is broken
 * off has been paid for: its usage comes before its error.
 */
// https://developers.openai.com/api/reference/resources/responses/streaming-events
export async function* responseEvents(
  stream: AsyncIterable<unknown>,
  site: CallSite,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const paragraphs = createParagraphs();
  let end: Fields | undefined;
  try {
    // Leaving this loop early, as an abandoned iteration does, makes the SDK abort the request.
    for await (const chunk of stream) {
      const event = fieldsOf(chunk);
      end ??= endOf(event);
      const text = paragraphs.add(event);
      if (text !== "") yield { kind: "text", text };
      const call = callIn(event);
      if (call !== undefined) yield call;
    }
  } catch (error) {
    throw failureOf(error, site, signal);
  }
  // The SDK ends quietly when the request is aborted, and when the reply holds no stream at all.
  if (signal.aborted) throw abortError();
  if (end === undefined) throw malformed(site, "an answer that breaks off");
  const usage = usageOf(end);
  if (usage !== undefined) yield { kind: "usage", usage };
  const failure = failureAt(end, site, signal);
  if (failure !== undefined) throw failure;
}

/** The end that an event tells: the response as it ended, or what went wrong. */
function endOf(event: Fields): Fields | undefined {
  const { type, response } = event;
  if (type === "error") return { status: "failed", error: event };
  const status = /^response\.(completed|failed|incomplete)$/.exec(String(type))?.[1];
  return status === undefined ? undefined : { ...fieldsOf(response), status };
}

function failureAt(end: Fields, site: CallSite, signal: AbortSignal): Error | undefined {
  const { status, error, incomplete_details: details } = end;
  if (status === "completed") return undefined;
  if (status === "failed") {
    const said = fieldsOf(error);
    const known = Object.keys(said).length > 0 ? said : { code: "server_error" };
    return failureOf({ error: known }, site, signal);
  }
  const { reason } = fieldsOf(details);
  const why = typeof reason === "string" ? reason : "unknown";
  const sentence = `${site.provider} broke the answer off (${why}): ask again`;
  return cutShort(why, site) ?? errorFor({ code: "provider-rejected", sentence }, site);
}

/** Each message of an answer begins a paragraph of its own. */
function createParagraphs(): { add(event: Fields): string } {
  let last: unknown;
  return {
    add({ type, delta, item_id: item }) {
      const isText = type === "response.output_text.delta" || type === "response.refusal.delta";
      if (!isText || typeof delta !== "string" || delta === "") return "";
      const isNew = last !== undefined && item !== last;
      last = item;
      return isNew ? `\n\n${delta}` : delta;
    },
  };
}

function callIn({ type, item }: Fields): ChatEvent | undefined {
  const { type: kind, call_id: id, name, arguments: input } = fieldsOf(item);
  if (type !== "response.output_item.done" || kind !== "function_call") return undefined;
  if (typeof id !== "string" || typeof name !== "string") return undefined;
  return { kind: "tool-call", call: { id, name, input: typeof input === "string" ? input : "" } };
}

// https://developers.openai.com/api/docs/guides/prompt-caching
function usageOf({ usage }: Fields): Usage | undefined {
  const { input_tokens: input, output_tokens: output, input_tokens_details } = fieldsOf(usage);
  if (typeof input !== "number" || typeof output !== "number") return undefined;
  const { cached_tokens: cached, cache_write_tokens: written } = fieldsOf(input_tokens_details);
  return {
    input,
    output,
    cached: typeof cached === "number" ? cached : 0,
    ...(typeof written === "number" ? { cacheWritten: written } : {}),
  };
}
