import type { OpenAI } from "openai";
import type { ChatFile, ChatMessage, ChatRequest, Tool } from "../core/ports/provider-chat.ts";
import { dataUrl } from "./chat-files.ts";
import { isImage } from "./media-types.ts";
import { readableName } from "./openai-names.ts";

type Body = OpenAI.Responses.ResponseCreateParamsStreaming;
type Item = OpenAI.Responses.ResponseInputItem;
type Part = OpenAI.Responses.ResponseInputContent;

/** What is sent to have an answer, and to have its tokens counted. */
type Input = Pick<Body, "model" | "tools" | "tool_choice"> & { input: Item[] };

/** OpenAI refuses longer keys. */
const longestCacheKey = 64;

/** A tool without input, where a schema must be. */
const noInput = { type: "object", properties: {} };

/** A chat request in the words of the Responses API, which is to remember nothing of it. */
// https://developers.openai.com/api/reference/resources/responses/methods/create
export function responsesBody(request: ChatRequest): Body {
  return { ...responsesInput(request), ...cacheKeyOf(request), store: false, stream: true };
}

/** What routes requests with one beginning to one cache. */
export function cacheKeyOf({ cacheKey }: ChatRequest): { readonly prompt_cache_key?: string } {
  return cacheKey === undefined ? {} : { prompt_cache_key: cacheKey.slice(0, longestCacheKey) };
}

/** The part of it that counts as input. */
export function responsesInput({
  model,
  messages,
  tools = [],
  mustCallTool = false,
}: ChatRequest): Input {
  return {
    model,
    input: messages.flatMap(itemsOf),
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(tools.length > 0 && mustCallTool ? { tool_choice: "required" as const } : {}),
  };
}

function itemsOf(message: ChatMessage): readonly Item[] {
  if (message.role === "tool") {
    const { toolCallId, content } = message;
    return [{ type: "function_call_output", call_id: toolCallId, output: content }];
  }
  if (!("toolCalls" in message)) return [itemOf(message)];
  const calls = message.toolCalls.map(({ id, name, input }): Item => ({
    type: "function_call",
    call_id: id,
    name,
    arguments: input === "" ? "{}" : input,
  }));
  const { content } = message;
  return content === "" ? calls : [{ role: "assistant", content }, ...calls];
}

/** Instructions stand where they stood, as the words of a developer: what comes before and after them keeps its place in the prompt cache. */
function itemOf({
  role,
  content,
  files = [],
}: Exclude<ChatMessage, { role: "tool" } | { toolCalls: unknown }>): Item {
  const speaker = role === "system" ? "developer" : role;
  if (files.length === 0) return { role: speaker, content };
  const text: Part[] = content === "" ? [] : [{ type: "input_text", text: content }];
  return { role: speaker, content: [...files.map(partOf), ...text] };
}

// https://developers.openai.com/api/docs/guides/file-inputs
function partOf({ name, mediaType, source }: ChatFile): Part {
  if (isImage(mediaType)) {
    const image = { type: "input_image", detail: "auto" } as const;
    return source.kind === "reference"
      ? { ...image, file_id: source.id }
      : { ...image, image_url: dataUrl(mediaType, source.bytes) };
  }
  if (source.kind === "reference") return { type: "input_file", file_id: source.id };
  const readable = readableName({ name, mediaType });
  return {
    type: "input_file",
    filename: readable.name,
    file_data: dataUrl(readable.mediaType, source.bytes),
  };
}

/** The schemas are not ours: `strict` would refuse those that do not keep to OpenAI's own rules. */
function toolOf({ name, description, inputSchema }: Tool): OpenAI.Responses.FunctionTool {
  const parameters = (inputSchema ?? noInput) as Record<string, unknown>;
  return { type: "function", name, description, parameters, strict: false };
}
