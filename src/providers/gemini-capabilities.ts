import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";
import { geminiDocuments, geminiImages, geminiRecordings } from "./gemini-media.ts";
import { textTypes } from "./media-types.ts";

/** What Google's Gemini can do. */
export const geminiCapabilities: Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
} = {
  files: {
    // https://ai.google.dev/gemini-api/docs/files; documents: https://ai.google.dev/gemini-api/docs/file-input-methods
    purposes: [
      { name: "", mediaTypes: geminiDocuments, maxBytes: 50_000_000, chatUse: "reference" },
      {
        name: "",
        mediaTypes: [...textTypes, ...geminiImages, ...geminiRecordings],
        maxBytes: 2_000_000_000,
        chatUse: "reference",
      },
    ],
    fixedLifetime: 48 * 3_600_000,
    // 20 GB for a project.
    quota: { bytes: 20_000_000_000 },
    downloads: false,
    listLag: 2_000,
    uploadsAtOnce: 4,
    listScope: "the project of the key",
  },
  chat: {
    // https://ai.google.dev/gemini-api/docs/file-input-methods
    inlineTypes: [...geminiDocuments, ...geminiImages],
    // https://ai.google.dev/api/tokens
    countsTokens: true,
    // https://ai.google.dev/gemini-api/docs/caching
    cachedTokensField: "usageMetadata.cachedContentTokenCount",
    cacheMarks: "none",
  },
  answers: true,
};
