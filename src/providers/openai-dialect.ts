import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";
import { imageTypes, officeTypes, pdfAndImages, textTypes } from "./media-types.ts";
import { isOpenAiAddress } from "./models-openai.ts";

/** The two ways to ask a model: the one that reads uploaded files, and the one that all compatible servers speak. */
export type Dialect = "responses" | "chat-completions";

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

const hour = 3_600_000;
const day = 24 * hour;

/** OpenAI's models that its Responses API does not serve. */
// https://developers.openai.com/api/docs/models
const chatCompletionsOnly = /^gpt-(?:4o|4o-mini)-(?:audio|search)-preview|^gpt-audio|search-api/;

/** How a model at this server is asked. */
export function dialectOf(baseUrl: string, model: string): Dialect {
  return isOpenAiAddress(baseUrl) && !chatCompletionsOnly.test(model)
    ? "responses"
    : "chat-completions";
}

// https://developers.openai.com/api/reference/resources/files/methods/create
const userData = { name: "user_data", maxBytes: 512_000_000 } as const;

/** What OpenAI itself can do. */
export const openAiCapabilities: FilesAndChat = {
  files: {
    purposes: [
      // https://developers.openai.com/api/docs/guides/file-inputs: tables up to the first 1,000 rows of each sheet.
      {
        ...userData,
        mediaTypes: [...pdfAndImages, ...officeTypes, ...textTypes],
        chatUse: "reference",
      },
      { ...userData, mediaTypes: ["*"], chatUse: "none" },
    ],
    lifetime: { min: hour, max: 30 * day },
    // 2.5 TB for a project.
    quota: { bytes: 2_500_000_000_000 },
    downloads: false,
    listLag: 2_000,
    uploadsAtOnce: 4,
    listScope: "the project of the key",
  },
  chat: {
    inlineTypes: [...pdfAndImages, ...officeTypes],
    // https://developers.openai.com/api/reference/resources/responses/subresources/input_tokens/methods/count
    countsTokens: true,
    cachedTokensField: "usage.input_tokens_details.cached_tokens",
    cacheMarks: "none",
  },
  answers: true,
};

/** What can be relied on at any other server that speaks OpenAI's protocol: Chat Completions read PDFs as uploads and images as they stand. */
export const chatCompletionsCapabilities: FilesAndChat = {
  files: {
    ...openAiCapabilities.files,
    purposes: [
      { ...userData, mediaTypes: ["application/pdf"], chatUse: "reference" },
      { ...userData, mediaTypes: ["*"], chatUse: "none" },
    ],
    quota: {},
    listScope: "the account of the key",
  },
  chat: {
    inlineTypes: pdfAndImages,
    countsTokens: false,
    cachedTokensField: "usage.prompt_tokens_details.cached_tokens",
    cacheMarks: "none",
  },
  answers: true,
};

/** True for an image that a request can hold. */
export function isImage(mediaType: string): boolean {
  return imageTypes.some((type) => type === mediaType);
}
