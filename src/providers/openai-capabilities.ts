import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";
import { officeTypes, pdfAndImages, textTypes } from "./media-types.ts";

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

const hour = 3_600_000;
const day = 24 * hour;

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
    // https://developers.openai.com/api/docs/guides/prompt-caching
    cacheLifetime: 30 * 60_000,
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
