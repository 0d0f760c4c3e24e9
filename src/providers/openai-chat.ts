import type { OpenAI } from "openai";
import type { ChatMessage, ChatRequest, Tool, ToolCall } from "../core/ports/provider-chat.ts";
import { fieldsOf } from "./http.ts";

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

/** A chat request in the words of Chat Completions. */
// https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
export function chatBody({ model, messages, tools = [], mustCallTool = false }: ChatRequest): Body {
  return {
    model,
    messages: messages.map(messageOf),
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(tools.length > 0 && mustCallTool ? { tool_choice: "required" as const } : {}),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function messageOf(message: ChatMessage): OpenAI.ChatCompletionMessageParam {
  if (message.role === "tool") {
    return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  }
  if (!("toolCalls" in message)) return { role: message.role, content: message.content };
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

function toolOf({ name, description, inputSchema }: Tool): OpenAI.ChatCompletionTool {
  const parameters = inputSchema as Record<string, unknown> | undefined;
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

export function createToolCallPieces(): ToolCallPieces {
  const calls = new Map<unknown, { id: string; name: string; input: string }>();
  return {
    add(chunk) {
      const { choices } = fieldsOf(chunk);
      const { delta } = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
      const pieces: unknown = fieldsOf(delta)["tool_calls"];
      for (const piece of Array.isArray(pieces) ? pieces.map(fieldsOf) : []) {
        const call = calls.get(piece["index"]) ?? { id: "", name: "", input: "" };
        const { name, arguments: input } = fieldsOf(piece["function"]);
        call.id ||= textOf(piece["id"]);
        call.name ||= textOf(name);
        call.input += textOf(input);
        calls.set(piece["index"], call);
      }
    },
    finish: () => [...calls.values()].filter(({ name }) => name !== ""),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
