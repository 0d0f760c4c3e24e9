import type { OpenAI } from "openai";
import type {
  ChatFile,
  ChatMessage,
  ChatRequest,
  Tool,
  ToolCall,
} from "../core/ports/provider-chat.ts";
import { dataUrl } from "./chat-files.ts";
import { type CallSite, errorFor, fieldsOf } from "./http.ts";
import { isImage } from "./media-types.ts";

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

/** The fields of a request that are about tools. */
export interface ToolFields {
  readonly tools?: OpenAI.ChatCompletionFunctionTool[];
  readonly tool_choice?: "required";
}

/** Writes a file of a message as a part of its content; throws for a file that the provider does not take. */
export type PartOf = (file: ChatFile) => object;

/** A chat request in the words of Chat Completions. Without `partOf`, files are left out. */
// https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
export function chatBody(request: ChatRequest, partOf?: PartOf): Body {
  return {
    model: request.model,
    messages: request.messages.map((message) => messageOf(message, partOf)),
    ...toolsOf(request),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** A message; its files stand before its text. */
export function messageOf(
  message: ChatMessage,
  partOf?: PartOf,
): OpenAI.ChatCompletionMessageParam {
  if (message.role === "tool") {
    return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  }
  if (!("toolCalls" in message)) {
    const { role, content, files = [] } = message;
    if (partOf === undefined || files.length === 0) return { role, content };
    const text = content === "" ? [] : [{ type: "text", text: content }];
    const parts = [...files.map(partOf), ...text];
    return { role, content: parts } as OpenAI.ChatCompletionMessageParam;
  }
  return {
    role: "assistant",
    content: message.content === "" ? null : message.content,
    tool_calls: message.toolCalls.map(({ id, name, input }) => ({
      id,
      type: "function",
      function: { name, arguments: input },
    })),
  };
}

/** A file as a part of a message: PDFs are read, as uploads too, and images as they stand. Throws `provider-rejected` for all others. */
// https://developers.openai.com/api/docs/guides/file-inputs?api-mode=chat
export function filePart({ name, mediaType, source }: ChatFile, site: CallSite): object {
  if (mediaType === "application/pdf") {
    const file =
      source.kind === "reference"
        ? { file_id: source.id }
        : { filename: name, file_data: dataUrl(mediaType, source.bytes) };
    return { type: "file", file };
  }
  if (isImage(mediaType) && source.kind === "bytes") {
    return { type: "image_url", image_url: { url: dataUrl(mediaType, source.bytes) } };
  }
  const way = isImage(mediaType)
    ? `add ${name} itself instead of its upload`
    : `add the text of ${name} to the question instead`;
  const sentence = `${site.provider} can be shown only PDF files, and images that are not uploads, in this chat, so there is no answer: ${way}`;
  throw errorFor({ code: "provider-rejected", sentence }, site);
}

/** The tools of a request, and whether one must be called; nothing without tools. `noInput` is the schema of a tool without input, where one is wanted. */
export function toolsOf(
  { tools = [], mustCallTool = false }: ChatRequest,
  noInput?: object,
): ToolFields {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => toolOf(tool, noInput)),
    ...(mustCallTool ? { tool_choice: "required" } : {}),
  };
}

function toolOf(
  { name, description, inputSchema }: Tool,
  noInput: object | undefined,
): OpenAI.ChatCompletionFunctionTool {
  const parameters = (inputSchema ?? noInput) as Record<string, unknown> | undefined;
  return {
    type: "function",
    function: { name, description, ...(parameters ? { parameters } : {}) },
  };
}

/** Puts tool calls together that arrive in pieces: the first piece of each has its id and name, all have some of its input. */
export interface ToolCallPieces {
  /** Takes the pieces of a chunk. */
  add(chunk: unknown): void;
  /** The calls, whole, in the order of the model. Call it when the answer has ended. */
  finish(): readonly ToolCall[];
}

interface PartialCall {
  id: string;
  name: string;
  input: string;
}

/** Servers that send whole calls may number them all alike, leave their ids out, or write the input as an object. */
export function createToolCallPieces(): ToolCallPieces {
  const all: PartialCall[] = [];
  const last = new Map<unknown, PartialCall>();
  const callOf = (index: unknown, id: string): PartialCall => {
    const known = last.get(index);
    if (known && (id === "" || known.id === "" || known.id === id)) return known;
    const call = { id, name: "", input: "" };
    all.push(call);
    last.set(index, call);
    return call;
  };
  return {
    add(chunk) {
      for (const { index, id, function: said } of piecesIn(chunk)) {
        const { name, arguments: input } = fieldsOf(said);
        const call = callOf(index, textOf(id));
        call.id ||= textOf(id);
        call.name ||= textOf(name);
        const isObject = Object.keys(fieldsOf(input)).length > 0;
        call.input += isObject ? JSON.stringify(input) : textOf(input);
      }
    },
    finish: () =>
      all
        .filter(({ name }) => name !== "")
        .map(({ id, name, input }) => ({ id: id || `call_${crypto.randomUUID()}`, name, input })),
  };
}

function piecesIn(chunk: unknown): readonly Readonly<Record<string, unknown>>[] {
  const { choices } = fieldsOf(chunk);
  const { delta } = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  const pieces: unknown = fieldsOf(delta)["tool_calls"];
  return Array.isArray(pieces) ? pieces.map(fieldsOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
