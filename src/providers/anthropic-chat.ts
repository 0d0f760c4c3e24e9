import type { Anthropic } from "@anthropic-ai/sdk";
import type {
  ChatFile,
  ChatMessage,
  ChatRequest,
  Tool,
  ToolCall,
} from "../core/ports/provider-chat.ts";
import { base64 } from "./chat-files.ts";
import { fieldsOf } from "./http.ts";
import { rowOf } from "./models.ts";
import { anthropicModels, canBeForced } from "./models-anthropic.ts";

type Turn = Omit<Anthropic.MessageParam, "content"> & {
  readonly role: "user" | "assistant";
  readonly content: Anthropic.ContentBlockParam[];
};
type Prompt = Pick<
  Anthropic.MessageCreateParamsStreaming,
  "model" | "system" | "messages" | "tools" | "tool_choice"
>;

/** Media types of images that Claude sees. */
export const imageTypes: readonly string[] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

const mark = { cache_control: { type: "ephemeral" } } as const;
const forcing = "Begin your answer with a call of one of the tools.";

// https://platform.claude.com/docs/en/api/messages/create
/** A chat request in the words of the Messages API. */
export function chatBody(request: ChatRequest): Anthropic.MessageCreateParamsStreaming {
  return { ...promptOf(request), max_tokens: longestAnswer(request.model), stream: true };
}

/** What of a chat request counts: all that is read, and nothing of how it is answered. */
export function promptOf(request: ChatRequest): Prompt {
  const { model, tools = [], mustCallTool = false } = request;
  const system = systemBlocks(request);
  const mustForce = tools.length > 0 && mustCallTool;
  const turns = turnsOf(request);
  if (mustForce && !canBeForced(model)) append(turns, "user", [{ type: "text", text: forcing }]);
  return {
    model,
    ...(system.length > 0 ? { system } : {}),
    messages: turns,
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(mustForce && canBeForced(model) ? { tool_choice: { type: "any" as const } } : {}),
  };
}

/** Every Claude that is served can write at least 64,000 tokens; other models of compatible servers may have a small window. */
function longestAnswer(model: string): number {
  const unknown = model.startsWith("claude-") ? 32_000 : 4_096;
  return rowOf(anthropicModels, model)?.maxOutputTokens ?? unknown;
}

/** Instructions stand apart from the conversation. What stays of them is cached, and the tools before them with it. */
function systemBlocks({ messages, stableMessages = 0 }: ChatRequest): Anthropic.TextBlockParam[] {
  const stable = messages.findLastIndex(
    ({ role, content }, index) => index < stableMessages && role === "system" && hasText(content),
  );
  return messages.flatMap(({ role, content }, index) =>
    role === "system" && hasText(content)
      ? [{ type: "text" as const, text: content, ...(index === stable ? mark : {}) }]
      : [],
  );
}

/** The conversation: neighbours of one role are one turn, so that all results of a turn's tools come together. */
function turnsOf({ messages, stableMessages = 0, repeatedMessages = 0 }: ChatRequest): Turn[] {
  const turns: Turn[] = [];
  const stable: Anthropic.ContentBlockParam[] = [];
  const repeated: Anthropic.ContentBlockParam[] = [];
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (index < stableMessages) stable.push(...blocks);
    if (index < repeatedMessages) repeated.push(...blocks);
    append(turns, message.role === "assistant" ? "assistant" : "user", blocks);
  }
  // What was cached is looked for at most twenty blocks before a mark: so there is one where the last request ended, too.
  Object.assign(stable.at(-1) ?? {}, mark);
  Object.assign(repeated.at(-1) ?? {}, mark);
  return turns;
}

function append(
  turns: Turn[],
  role: Turn["role"],
  blocks: readonly Anthropic.ContentBlockParam[],
): void {
  const open = turns.at(-1);
  if (open?.role === role) open.content.push(...blocks);
  else if (blocks.length > 0) turns.push({ role, content: [...blocks] });
}

function blocksOf(message: ChatMessage): readonly Anthropic.ContentBlockParam[] {
  if (message.role === "system") return [];
  if (message.role === "tool") {
    const { toolCallId, content } = message;
    return [{ type: "tool_result", tool_use_id: acceptedId(toolCallId), content }];
  }
  const text = hasText(message.content) ? [{ type: "text" as const, text: message.content }] : [];
  if ("toolCalls" in message) return [...text, ...message.toolCalls.map(toolUse)];
  return [...(message.files ?? []).map(fileBlock), ...text];
}

function toolUse({ id, name, input }: ToolCall): Anthropic.ToolUseBlockParam {
  return { type: "tool_use", id: acceptedId(id), name, input: inputOf(input) };
}

// https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
/** The input must be an object, so what is none is wrapped as the documentation says. */
function inputOf(input: string): object {
  if (input.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(input);
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new SyntaxError();
    return value;
  } catch {
    return { INVALID_JSON: input };
  }
}

/** Ids that another model gave out may hold characters that are refused here. */
function acceptedId(id: string): string {
  return id.replace(/[^\w-]/g, "_");
}

function toolOf({ name, description, inputSchema }: Tool): Anthropic.Tool {
  return { name, description, input_schema: { ...fieldsOf(inputSchema), type: "object" } };
}

/** Images are shown; everything else is a document, of which only PDFs and plain text are taken. */
function fileBlock(file: ChatFile): Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam {
  if (imageTypes.includes(file.mediaType)) {
    return { type: "image", source: sourceOf(file) as Anthropic.ImageBlockParam["source"] };
  }
  const source = sourceOf(file) as Anthropic.DocumentBlockParam["source"];
  return { type: "document", source, title: file.name };
}

function sourceOf({ mediaType, source }: ChatFile): object {
  if (source.kind === "reference") return { type: "file", file_id: source.id };
  if (mediaType === "application/pdf" || imageTypes.includes(mediaType)) {
    return { type: "base64", media_type: mediaType, data: base64(source.bytes) };
  }
  return { type: "text", media_type: "text/plain", data: new TextDecoder().decode(source.bytes) };
}

/** A block must not be blank. */
function hasText(content: string): boolean {
  return content.trim() !== "";
}
