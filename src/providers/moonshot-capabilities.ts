import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";

const maxBytes = 100_000_000;

/** What Kimi makes text of: the media types of the names that the documentation lists. Images are no longer read by it since 2026-08-31. */
// https://platform.kimi.ai/docs/api/files-upload
const documents = [
  "application/pdf",
  "application/msword",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.ms-excel",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.ms-powerpoint",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "application/epub+zip",
  "application/x-mobipocket-ebook",
  "application/json",
  "text/plain",
  "text/csv",
  "text/markdown",
  "text/html",
  "text/css",
  "text/yaml",
  "text/javascript",
  "text/typescript",
  "text/x-python",
  "text/x-java",
  "text/x-go",
  "text/x-c",
  "text/x-c++",
  "text/x-csharp",
  "text/x-php",
] as const;

/** The endings of names that Kimi makes text of. */
// https://platform.kimi.ai/docs/api/files-upload
export const readEndings: ReadonlySet<string> = new Set(
  [
    "pdf txt csv doc docx xls xlsx ppt pptx md dot epub html json mobi log go h c cpp cxx cc cs java js",
    "css jsp php py py3 asp yaml yml ini conf ts tsx",
  ].flatMap((line) => line.split(" ")),
);

/** What Moonshot's Kimi can do. */
export const moonshotCapabilities: Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
} = {
  files: {
    purposes: [
      { name: "file-extract", mediaTypes: documents, maxBytes, chatUse: "text" },
      { name: "image", mediaTypes: ["image/*"], maxBytes, chatUse: "reference" },
      { name: "video", mediaTypes: ["video/*"], maxBytes, chatUse: "reference" },
    ],
    // https://platform.kimi.ai/docs/api/files-upload
    quota: { files: 1_000, bytes: 10_000_000_000 },
    downloads: false,
    listLag: 2_000,
    // A new account may have one request under way: https://platform.kimi.ai/docs/pricing/limits
    uploadsAtOnce: 1,
    listScope: "the whole organisation",
  },
  chat: {
    // https://platform.kimi.ai/docs/guide/use-kimi-vision-model
    inlineTypes: ["image/png", "image/jpeg", "image/webp", "image/gif"],
    countsTokens: true,
    cachedTokensField: "usage.cached_tokens",
    cacheMarks: "none",
  },
  answers: true,
};
