import type { OpenAI } from "openai";
import type { ChatFile, ChatRequest } from "../core/ports/provider-chat.ts";
import { dataUrl, filesIn } from "./chat-files.ts";
import { type CallSite, errorFor } from "./http.ts";
import { rowOf } from "./models.ts";
import { documentTypes, zhipuModels } from "./models-zhipu.ts";
import { messageOf, toolsOf } from "./openai-chat.ts";

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

/**
 * A chat request in GLM's words. Temperature and its like are never sent: they are refused outside of narrow ranges. Usage comes without being asked for.
 * Throws `provider-rejected` for files that the model cannot be shown.
 */
// https://docs.z.ai/api-reference/llm/chat-completion
export function chatBody(request: ChatRequest, site: CallSite): Body {
  return {
    model: request.model,
    messages: messagesOf(request, site),
    ...toolsOf(request, noInput),
    stream: true,
  };
}

/** The messages of a request. Throws as `chatBody` does. */
export function messagesOf(
  request: ChatRequest,
  site: CallSite,
): OpenAI.ChatCompletionMessageParam[] {
  const obstacle = obstacleIn(filesIn(request), request.model);
  if (obstacle !== undefined) {
    const sentence = `${site.provider} ${obstacle}`;
    throw errorFor({ code: "provider-rejected", sentence }, site);
  }
  return request.messages.map((message) => messageOf(message, partOf));
}

const noInput = { type: "object", properties: {} };

/** Why these files cannot be shown to this model, reading on from the provider's name; undefined if they can. */
function obstacleIn(files: readonly ChatFile[], model: string): string | undefined {
  const row = rowOf(zhipuModels, model);
  const strange = files.find(({ mediaType }) => row?.takes?.includes(mediaType) === false);
  if (row !== undefined && strange !== undefined) {
    return `cannot show ${strange.name} to ${row.name}, so there is no answer: add its text to the question instead, or choose GLM-5.3-Flash, which takes images, PDFs and Office files`;
  }
  const unsaid = files.find((file) => !isImage(file) && !isDocument(file));
  if (unsaid !== undefined) {
    return `cannot be shown ${unsaid.name} itself, so there is no answer: add its text to the question instead`;
  }
  return files.some(isImage) && files.some((file) => !isImage(file))
    ? "takes images and other files only in separate requests, so there is no answer: leave out the images or the other files"
    : undefined;
}

// https://docs.z.ai/guides/vlm/glm-5.3-flash
function partOf(file: ChatFile): object {
  const { name, mediaType, source } = file;
  if (source.kind === "reference") return { type: "file", file: { file_id: source.id } };
  const url = dataUrl(mediaType, source.bytes);
  return isImage(file)
    ? { type: "image_url", image_url: { url } }
    : { type: "file", file: { filename: name, file_data: url } };
}

/** An image is shown as bytes alone. */
function isImage({ mediaType, source }: ChatFile): boolean {
  return mediaType.startsWith("image/") && source.kind === "bytes";
}

function isDocument({ mediaType }: ChatFile): boolean {
  return (documentTypes as readonly string[]).includes(mediaType);
}
