import type { ChatEvent, Usage } from "../core/ports/provider-chat.ts";
import { fieldsOf } from "./http.ts";

/** Reads the events of a streamed answer. */
export interface AnswerReader {
  /** What an event adds to the answer. Thinking, citations and events of a later API add nothing. */
  read(event: unknown): readonly ChatEvent[];
  /** True once the model has said why it stops. */
  isFinished(): boolean;
  /** Why the model declined to answer, `""` if it does not say; undefined if it did not decline. */
  refusal(): string | undefined;
  /** Undefined if the answer told none. */
  usage(): Usage | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

// https://platform.claude.com/docs/en/build-with-claude/streaming
export function createAnswerReader(): AnswerReader {
  const calls = createCalls();
  let counts: Fields = {};
  let stop: Fields = {};
  const count = (usage: unknown): void => {
    // They are cumulative: the latest holds, but null tells nothing.
    const told = Object.entries(fieldsOf(usage)).filter(([, value]) => typeof value === "number");
    counts = { ...counts, ...Object.fromEntries(told) };
  };
  return {
    read(event) {
      const { type, index, message, content_block: block, delta, usage } = fieldsOf(event);
      if (type === "message_start") count(fieldsOf(message)["usage"]);
      if (type === "message_delta") {
        count(usage);
        stop = { ...stop, ...fieldsOf(delta) };
      }
      if (type === "content_block_start") {
        calls.start(index, fieldsOf(block));
        return textEvents(block);
      }
      if (type === "content_block_delta") {
        calls.add(index, fieldsOf(delta));
        return textEvents(delta);
      }
      return type === "content_block_stop" ? calls.stop(index) : [];
    },
    isFinished: () => typeof stop["stop_reason"] === "string",
    refusal: () =>
      stop["stop_reason"] === "refusal" ? refusalOf(stop["stop_details"]) : undefined,
    usage: () => usageOf(counts),
  };
}

/** Tool calls whose input arrives in pieces, by the index of their block. */
interface Calls {
  start(index: unknown, block: Fields): void;
  add(index: unknown, delta: Fields): void;
  stop(index: unknown): readonly ChatEvent[];
}

function createCalls(): Calls {
  const open = new Map<
    unknown,
    { readonly id: string; readonly name: string; whole: unknown; input: string }
  >();
  return {
    start(index, { type, id, name, input }) {
      if (type !== "tool_use") return;
      open.set(index, { id: textOf(id), name: textOf(name), whole: input ?? {}, input: "" });
    },
    add(index, { type, partial_json: piece }) {
      const call = open.get(index);
      if (call !== undefined && type === "input_json_delta") call.input += textOf(piece);
    },
    stop(index) {
      const call = open.get(index);
      open.delete(index);
      if (call === undefined) return [];
      const { id, name, whole, input } = call;
      // A tool without input has no pieces, and some servers send the whole at the start.
      return [
        { kind: "tool-call", call: { id, name, input: input || JSON.stringify(whole) } } as const,
      ];
    },
  };
}

function textEvents(part: unknown): readonly ChatEvent[] {
  const { type, text } = fieldsOf(part);
  const isText = type === "text" || type === "text_delta";
  return isText && textOf(text) !== "" ? [{ kind: "text", text: textOf(text) }] : [];
}

// https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals
function refusalOf(details: unknown): string {
  const { explanation, category } = fieldsOf(details);
  return textOf(explanation) || textOf(category);
}

/** `input_tokens` counts only what was neither read from the cache nor written to it. */
function usageOf(counts: Fields): Usage | undefined {
  const {
    input_tokens: fresh,
    output_tokens: output,
    cache_read_input_tokens: cached = 0,
    cache_creation_input_tokens: cacheWritten = 0,
  } = counts as Readonly<Record<string, number | undefined>>;
  if (fresh === undefined || output === undefined) return undefined;
  return { input: fresh + cached + cacheWritten, cached, cacheWritten, output };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
