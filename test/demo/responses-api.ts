import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type DemoMessage, type DemoTokens, estimateTokens } from "./answer.ts";
import type { ChatParts } from "./chat-api.ts";
import { createFileParts, type FileParts } from "./file-parts.ts";
import { modelOf, words } from "./prompts.ts";
import { type Exchange, fields, Refusal, sendJson } from "./wire.ts";

/** The Responses API of the demo server. It stores nothing, and refuses a request that wants it to. */
export interface ResponsesApi {
  handle(exchange: Exchange): Promise<void>;
  /** Answers with the tokens of the request. */
  count(exchange: Exchange): void;
}

type Fields = Readonly<Record<string, unknown>>;

interface Output {
  readonly model: string;
  readonly text: string;
  readonly tokens: DemoTokens;
  /** The tool that the request asks to call. */
  readonly tool: string | undefined;
}

// https://developers.openai.com/api/reference/resources/responses/methods/create
export function createResponsesApi({ files, memory, models, pace }: ChatParts): ResponsesApi {
  const messagesOf = (body: Fields): readonly DemoMessage[] =>
    readInput(body, createFileParts(files, "responses"));
  return {
    async handle(exchange) {
      const body = fields(exchange.request.body);
      const model = modelOf(body, models);
      if (body["store"] !== false) throw new Refusal(400, "The demo server stores no responses");
      const messages = messagesOf(body);
      const tokens = memory.remember(model, promptOf(messages));
      const output = { model, tokens, text: answer(messages, tokens), tool: wantedTool(body) };
      if (body["stream"] === true) return stream(exchange, output, pace);
      sendJson(exchange.response, 200, { ...shell(output, "completed"), output: itemsOf(output) });
    },
    count({ request, response }) {
      const body = fields(request.body);
      modelOf(body, models);
      const tokens = estimateTokens(promptOf(messagesOf(body)));
      sendJson(response, 200, { object: "response.input_tokens", input_tokens: tokens });
    },
  };
}

function promptOf(messages: readonly DemoMessage[]): string {
  return messages.map(({ role, content }) => `${role}\n${content}\n`).join("");
}

function wantedTool({ tools, tool_choice: choice }: Fields): string | undefined {
  const [first] = Array.isArray(tools) ? tools.map(fields) : [];
  return choice === "required" ? String(first?.["name"]) : undefined;
}

function readInput(body: Fields, files: FileParts): readonly DemoMessage[] {
  const { input, instructions } = body;
  const first = typeof instructions === "string" ? [{ role: "system", content: instructions }] : [];
  if (typeof input === "string") return [...first, { role: "user", content: input }];
  if (!Array.isArray(input) || input.length === 0) {
    throw new Refusal(400, "Missing required parameter: 'input'");
  }
  return [...first, ...input.map((item, index) => readItem(fields(item), index, files))];
}

function readItem(item: Fields, index: number, files: FileParts): DemoMessage {
  const { type = "message", role, content, call_id: call, name, arguments: input, output } = item;
  const areTexts = (...values: unknown[]): boolean =>
    values.every((value) => typeof value === "string");
  if (type === "function_call" && areTexts(call, name, input)) {
    return { role: "assistant", content: `${String(name)}(${String(input)})` };
  }
  if (type === "function_call_output" && areTexts(call, output)) {
    return { role: "tool", content: String(output) };
  }
  if (type === "message") return readMessage(String(role), content, files);
  throw new Refusal(400, `Invalid value: 'input[${index}]'`);
}

function readMessage(role: string, content: unknown, files: FileParts): DemoMessage {
  if (!["user", "assistant", "system", "developer"].includes(role)) {
    throw new Refusal(400, `Invalid value for a role: ${role}`);
  }
  if (typeof content === "string") return { role, content };
  if (!Array.isArray(content)) throw new Refusal(400, "Invalid type for the content of a message");
  return { role, content: content.map((part) => readPart(fields(part), role, files)).join("\n") };
}

function readPart(part: Fields, role: string, files: FileParts): string {
  const { type, text } = part;
  const wanted = role === "assistant" ? "output_text" : "input_text";
  if (type === wanted && typeof text === "string") return text;
  if (type === "input_file" && role !== "assistant") return files.file(part);
  if (type === "input_image" && role !== "assistant") return files.image(part);
  throw new Refusal(400, `Invalid value: '${String(type)}'. Supported values are: '${wanted}'`);
}

function id(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

function shell({ model, tokens, text }: Output, status: string): Fields {
  const output = estimateTokens(text);
  const usage = {
    input_tokens: tokens.input,
    input_tokens_details: { cached_tokens: tokens.cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens.input + output,
  };
  return {
    id: id("resp"),
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status,
    error: null,
    incomplete_details: null,
    model,
    output: [],
    parallel_tool_calls: true,
    store: false,
    usage: status === "completed" ? usage : null,
  };
}

/** What reasoning models put first, then the answer itself. */
function itemsOf({ text, tool }: Output): readonly Fields[] {
  const thought = { type: "summary_text", text: "The user wants to see what arrived." };
  const reasoning = { id: id("rs"), type: "reasoning", summary: [thought] };
  if (tool !== undefined) {
    const call = { call_id: id("call"), name: tool, arguments: "{}" };
    return [reasoning, { id: id("fc"), type: "function_call", status: "completed", ...call }];
  }
  const content = [{ type: "output_text", text, annotations: [], logprobs: [] }];
  const message = { type: "message", role: "assistant", status: "completed", content };
  return [reasoning, { id: id("msg"), ...message }];
}

// https://developers.openai.com/api/reference/resources/responses/streaming-events
async function stream({ response }: Exchange, output: Output, pace: number): Promise<void> {
  const begun = shell(output, "in_progress");
  let sequence = 0;
  const send = (type: string, data: Fields): void => {
    const event = { type, ...data, sequence_number: sequence };
    response.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
    sequence += 1;
  };
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  send("response.created", { response: begun });
  send("response.in_progress", { response: begun });
  const items = itemsOf(output);
  for (const [index, item] of items.entries()) {
    send("response.output_item.added", {
      output_index: index,
      item: { ...item, ...emptied(item) },
    });
    for (const { type, ...data } of eventsOf(item)) {
      if (pace > 0) await sleep(pace);
      if (response.destroyed) return;
      const place = {
        item_id: item["id"],
        output_index: index,
        content_index: 0,
        summary_index: 0,
      };
      send(String(type), { ...place, ...data });
    }
    send("response.output_item.done", { output_index: index, item });
  }
  const { id: _another, ...end } = shell(output, "completed");
  send("response.completed", { response: { ...begun, ...end, output: items } });
  response.end();
}

/** What an item begins without. */
function emptied({ type }: Fields): Fields {
  if (type === "function_call") return { arguments: "", status: "in_progress" };
  return type === "reasoning" ? { summary: [] } : { content: [], status: "in_progress" };
}

/** The events between the beginning and the end of an item. */
function eventsOf({ type, summary, content, arguments: input }: Fields): readonly Fields[] {
  if (type === "function_call") {
    const event = "response.function_call_arguments";
    return [
      { type: `${event}.delta`, delta: input },
      { type: `${event}.done`, arguments: input },
    ];
  }
  const isThought = type === "reasoning";
  const part = fields([isThought ? summary : content].flat(2)[0]);
  const name = isThought ? "response.reasoning_summary_part" : "response.content_part";
  const texts = isThought ? "response.reasoning_summary_text" : "response.output_text";
  const text = String(part["text"]);
  return [
    { type: `${name}.added`, part: { ...part, text: "" } },
    ...words(text).map((delta) => ({ type: `${texts}.delta`, delta, logprobs: [] })),
    { type: `${texts}.done`, text, logprobs: [] },
    { type: `${name}.done`, part },
  ];
}
