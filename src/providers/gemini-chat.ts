import type {
  ChatFile,
  ChatMessage,
  ChatRequest,
  Tool,
  ToolCall,
} from "../core/ports/provider-chat.ts";
import { dataUrl } from "./chat-files.ts";
import { toldType } from "./gemini-media.ts";
import { sentId, signatureFor } from "./gemini-tool-ids.ts";
import { fieldsOf } from "./http.ts";

/** A part of a message: text, a file, a tool call or its result. */
type Part = Readonly<Record<string, unknown>>;

interface Content {
  readonly role: "user" | "model";
  readonly parts: readonly Part[];
}

/** A chat request in the words of Gemini. */
export interface ChatBody {
  readonly contents: readonly Content[];
  readonly systemInstruction?: { readonly parts: readonly Part[] };
  readonly tools?: readonly [{ readonly functionDeclarations: readonly object[] }];
  readonly toolConfig?: { readonly functionCallingConfig: { readonly mode: "ANY" } };
}

/** `uriOf` makes the address of an upload of its id. */
// https://ai.google.dev/api/generate-content
export function chatBody(request: ChatRequest, uriOf: (id: string) => string): ChatBody {
  const { messages, tools = [], mustCallTool = false } = request;
  const start = messages.findIndex(({ role }) => role !== "system");
  const leading = start < 0 ? messages : messages.slice(0, start);
  const instructions = leading.map(({ content }) => ({ text: content }));
  const writer = { request, uriOf };
  return {
    contents: joined(messages.slice(leading.length).map((message) => contentOf(message, writer))),
    ...(instructions.length > 0 ? { systemInstruction: { parts: instructions } } : {}),
    ...(tools.length > 0 ? { tools: [{ functionDeclarations: tools.map(declarationOf) }] } : {}),
    ...(tools.length > 0 && mustCallTool
      ? { toolConfig: { functionCallingConfig: { mode: "ANY" } } }
      : {}),
  };
}

interface Writer {
  readonly request: ChatRequest;
  readonly uriOf: (id: string) => string;
}

function contentOf(message: ChatMessage, writer: Writer): Content {
  if (message.role === "tool") return { role: "user", parts: [resultOf(message, writer)] };
  const text = message.content === "" ? [] : [{ text: message.content }];
  if ("toolCalls" in message) {
    const calls = callsOf(message.toolCalls, writer.request.model);
    return { role: "model", parts: [...text, ...calls] };
  }
  const files = (message.files ?? []).flatMap((file) => fileParts(file, writer));
  return { role: message.role === "assistant" ? "model" : "user", parts: [...files, ...text] };
}

/**
 * Messages of one role that follow each other become one content, so that roles take turns and all results of a step stand together. Results and questions
 * are kept apart. What is empty is left out.
 */
function joined(contents: readonly Content[]): readonly Content[] {
  const all: { role: Content["role"]; parts: Part[] }[] = [];
  for (const { role, parts } of contents) {
    const last = all.at(-1);
    if (parts.length === 0) continue;
    if (last?.role === role && holdsResults(last.parts) === holdsResults(parts)) {
      last.parts.push(...parts);
    } else {
      all.push({ role, parts: [...parts] });
    }
  }
  return all;
}

function holdsResults(parts: readonly Part[]): boolean {
  return parts.some((part) => "functionResponse" in part);
}

/** Gemini has no field for a file's name, so it stands before the file. */
function fileParts({ name, mediaType, source }: ChatFile, { uriOf }: Writer): readonly Part[] {
  const mimeType = toldType(mediaType);
  const title = { text: `File ${JSON.stringify(name)}:` };
  if (source.kind === "reference") {
    return [title, { fileData: { fileUri: uriOf(source.id), mimeType } }];
  }
  const url = dataUrl(mimeType, source.bytes);
  return [title, { inlineData: { mimeType, data: url.slice(url.indexOf(",") + 1) } }];
}

/** The calls of one step. Newer models refuse a step without the signature of the thought that it came from. */
// https://ai.google.dev/gemini-api/docs/thought-signatures
function callsOf(calls: readonly ToolCall[], model: string): readonly Part[] {
  return calls.map(({ id, name, input }, index) => {
    const signature = signatureFor(id, { model, isFirst: index === 0 });
    return {
      functionCall: { ...sentId(id), name, args: argumentsOf(input) },
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    };
  });
}

/** What is no JSON object is told as it stands: the model wrote it, and should see it. */
function argumentsOf(input: string): object {
  if (input.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(input);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? fieldsOf(value) : { input: value };
  } catch {
    return { input };
  }
}

function resultOf(
  { toolCallId, content }: Extract<ChatMessage, { readonly role: "tool" }>,
  { request }: Writer,
): Part {
  const calls = request.messages.flatMap((message) =>
    "toolCalls" in message ? message.toolCalls : [],
  );
  const name = calls.findLast(({ id }) => id === toolCallId)?.name ?? "unknown_tool";
  return { functionResponse: { ...sentId(toolCallId), name, response: { output: content } } };
}

function declarationOf({ name, description, inputSchema }: Tool): object {
  return {
    name,
    description,
    ...(inputSchema === undefined ? {} : { parametersJsonSchema: inputSchema }),
  };
}
