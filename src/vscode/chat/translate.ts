import {
  LanguageModelChatMessage,
  LanguageModelChatMessageRole,
  LanguageModelChatToolMode,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  type LanguageModelChatRequestMessage,
  type LanguageModelResponsePart,
  type ProvideLanguageModelChatResponseOptions,
} from "vscode";
import { fileAttachments, filesIn } from "./file-parts.ts";
import type { ChatEvent, ChatMessage, ChatRequest } from "../../core/ports/provider-chat.ts";

/** The messages and tools of a request. `modelOptions.systemMessages` says how many messages at the start are instructions: the stable API knows no such role. */
export function toRequest(
  messages: readonly LanguageModelChatRequestMessage[],
  { modelOptions, tools = [], toolMode }: ProvideLanguageModelChatResponseOptions,
): Omit<ChatRequest, "model"> {
  const systemMessages = Number(modelOptions?.["systemMessages"] ?? 0);
  return {
    messages: messages.flatMap((message, index) =>
      index < systemMessages
        ? [{ role: "system" as const, content: textOf(message) }]
        : toMessages(message),
    ),
    tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    mustCallTool: toolMode === LanguageModelChatToolMode.Required,
    ...cacheHints(modelOptions),
  };
}

/** What `@satchel` tells our own models of the request; others tell nothing. */
function cacheHints(
  options: ProvideLanguageModelChatResponseOptions["modelOptions"],
): Pick<ChatRequest, "stableMessages" | "repeatedMessages" | "materialMessages" | "cacheKey"> {
  const { stableMessages, repeatedMessages, materialMessages, cacheKey } = options ?? {};
  return {
    ...(typeof stableMessages === "number" && { stableMessages }),
    ...(typeof repeatedMessages === "number" && { repeatedMessages }),
    ...(Array.isArray(materialMessages) && { materialMessages: materialMessages.map(Number) }),
    ...(typeof cacheKey === "string" && { cacheKey }),
  };
}

/** The id under which `@satchel` will ask for the bill of a request; empty for requests of others. */
export function requestIdOf({
  modelOptions,
}: Pick<ProvideLanguageModelChatResponseOptions, "modelOptions">): string {
  const id: unknown = modelOptions?.["requestId"];
  return typeof id === "string" ? id : "";
}

/** A piece of an answer as VS Code takes it; undefined for what it has no part for. */
export function toPart(event: ChatEvent): LanguageModelResponsePart | undefined {
  if (event.kind === "text") return new LanguageModelTextPart(event.text);
  if (event.kind === "usage") return undefined;
  const { id, name, input } = event.call;
  return new LanguageModelToolCallPart(id, name, parseInput(input));
}

/** The text of a message, without its other parts. */
export function textOf({ content }: { readonly content: Iterable<unknown> }): string {
  return [...content]
    .map((part) => (part instanceof LanguageModelTextPart ? part.value : ""))
    .join("");
}

/** Results of tools stand in a user message of VS Code; providers want a message for each. */
function toMessages(message: LanguageModelChatRequestMessage): readonly ChatMessage[] {
  const content = textOf(message);
  const files = filesIn(message.content);
  const toolCalls = message.content.filter((part) => part instanceof LanguageModelToolCallPart);
  const results = message.content.filter((part) => part instanceof LanguageModelToolResultPart);
  if (message.role === LanguageModelChatMessageRole.Assistant) {
    if (toolCalls.length === 0) return [{ role: "assistant", content }];
    const calls = toolCalls.map(({ callId, name, input }) => ({
      id: callId,
      name,
      input: JSON.stringify(input),
    }));
    return [{ role: "assistant", content, toolCalls: calls }];
  }
  return [
    ...results.map((result) => ({
      role: "tool" as const,
      toolCallId: result.callId,
      content: textOf(result),
    })),
    ...(content !== "" || files.length > 0 || results.length === 0
      ? [{ role: "user" as const, content, ...(files.length > 0 && { files }) }]
      : []),
  ];
}

/** A message as VS Code takes it. */
export function toModelMessage(message: ChatMessage): LanguageModelChatMessage {
  const { role, content } = message;
  const text = content === "" ? [] : [new LanguageModelTextPart(content)];
  if (role === "tool") {
    const result = new LanguageModelToolResultPart(message.toolCallId, text);
    return LanguageModelChatMessage.User([result]);
  }
  if ("toolCalls" in message) {
    const calls = message.toolCalls.map(
      ({ id, name, input }) => new LanguageModelToolCallPart(id, name, parseInput(input)),
    );
    return LanguageModelChatMessage.Assistant([...text, ...calls]);
  }
  if (role === "assistant") return LanguageModelChatMessage.Assistant(content);
  const files = message.files ?? [];
  return LanguageModelChatMessage.User(
    files.length === 0 ? content : [...fileAttachments(files), ...text],
  );
}

/** A model may write input that is no JSON: the tool then gets nothing, and its own check says what is missing. */
function parseInput(input: string): object {
  try {
    const value: unknown = JSON.parse(input);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
