import type { OpenAI } from "openai";
import type { ChatFile, ChatMessage, ChatRequest } from "../core/ports/provider-chat.ts";
import { dataUrl } from "./chat-files.ts";
import { type CallSite, errorFor } from "./http.ts";
import { outputLimit } from "./models-moonshot.ts";
import { messageOf, type ToolFields, toolsOf } from "./openai-chat.ts";

type Body = OpenAI.ChatCompletionCreateParamsStreaming;
type Messages = OpenAI.ChatCompletionMessageParam[];

const forcing = "Begin your answer with a call of one of the tools.";

/** A model that thinks wants to be told what it thought before its earlier tool calls, which nobody kept; an empty text is refused, too. */
const forgotten = { reasoning_content: "." } as const;

/**
 * A chat request in Kimi's words. Temperature and its like are never sent: the models refuse all values but one. How long the answer may be is always
 * said, because a server that is not told may stop after 1,024 tokens.
 */
// https://platform.kimi.ai/docs/api/chat
export function chatBody(request: ChatRequest, site: CallSite): Body {
  const { model, cacheKey, tools = [], mustCallTool = false } = request;
  const mustForce = tools.length > 0 && mustCallTool;
  const instruction: Messages =
    mustForce && !canBeForced(model) ? [{ role: "system", content: forcing }] : [];
  return {
    model,
    messages: [...messagesOf(request, site), ...instruction],
    ...toolsFor({ ...request, mustCallTool: mustForce && canBeForced(model) }),
    ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    max_completion_tokens: outputLimit(model),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** The messages of a request. Throws `provider-rejected` for a file that cannot stand in a question as itself. */
export function messagesOf(
  { messages, materialMessages = [] }: ChatRequest,
  site: CallSite,
): Messages {
  const material = new Set(materialMessages);
  return messages.map((message, index) => {
    const placed = material.has(index) ? asInstruction(message) : message;
    const written = messageOf(placed, (file) => partOf(file, site));
    return hasCalls(message) ? Object.assign(written, forgotten) : written;
  });
}

/** Kimi wants the text of files in system messages, a message for each; images and videos can stand only in a user's. */
// https://platform.kimi.ai/docs/guide/use-kimi-api-for-file-based-qa
function asInstruction(message: ChatMessage): ChatMessage {
  if (message.role !== "user" || (message.files ?? []).length > 0) return message;
  return { role: "system", content: message.content };
}

/** Images and videos are seen, as uploads or as bytes; a document is read only as its text. */
// https://platform.kimi.ai/docs/guide/use-kimi-vision-model
function partOf({ name, mediaType, source }: ChatFile, site: CallSite): object {
  const kind = /^(image|video)\//.exec(mediaType)?.[1];
  if (kind === undefined) {
    const sentence = `${site.provider} cannot be shown ${name} itself, so there is no answer: add its text to the question instead`;
    throw errorFor({ code: "provider-rejected", sentence }, site);
  }
  const url = source.kind === "bytes" ? dataUrl(mediaType, source.bytes) : `ms://${source.id}`;
  return { type: `${kind}_url`, [`${kind}_url`]: { url } };
}

/** The schemas are not ours: without `strict: false`, those that do not keep to Kimi's own rules would be refused. */
// https://platform.kimi.ai/docs/api/tool-use
function toolsFor(request: ChatRequest): ToolFields {
  const fields = toolsOf(request, { type: "object", properties: {} });
  for (const tool of fields.tools ?? []) tool.function.strict = false;
  return fields;
}

/** The models before K3 refuse to be forced while they think, and some of them always think. */
function canBeForced(model: string): boolean {
  return !model.startsWith("kimi-k2");
}

function hasCalls(message: ChatMessage): boolean {
  return "toolCalls" in message && message.toolCalls.length > 0;
}
