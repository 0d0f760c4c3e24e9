import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";
import { geminiCapabilities } from "./gemini-capabilities.ts";
import { moonshotCapabilities } from "./moonshot-capabilities.ts";
import { supabaseCapabilities } from "./supabase-capabilities.ts";
import { zhipuCapabilities } from "./zhipu-capabilities.ts";

const hour = 3_600_000;
const day = 24 * hour;

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

const pdfAndImages = [
  "application/pdf",
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
] as const;

/** Media types of texts that are not called so. */
const textOutsideOfText = [
  "application/json",
  "application/json5",
  "application/ld+json",
  "application/geo+json",
  "application/manifest+json",
  "application/x-ndjson",
  "application/x-ipynb+json",
  "application/xml",
  "application/xhtml+xml",
  "application/rss+xml",
  "application/atom+xml",
  "application/gpx+xml",
  "application/wsdl+xml",
  "application/xliff+xml",
  "application/toml",
  "application/sql",
  "image/svg+xml",
] as const;

/** What each provider can do, by its id in the catalog. The table in the documentation is made from it. */
export const capabilities: {
  readonly openai: FilesAndChat;
  readonly anthropic: FilesAndChat;
  readonly gemini: FilesAndChat;
  readonly moonshot: FilesAndChat;
  readonly zhipu: FilesAndChat;
  readonly supabase: Capabilities & { readonly files: FileCapabilities };
  readonly local: FilesAndChat;
} = {
  openai: {
    files: {
      // https://developers.openai.com/api/reference/resources/files/methods/create
      purposes: [
        { name: "user_data", mediaTypes: ["*"], maxBytes: 512_000_000, chatUse: "reference" },
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
      inlineTypes: ["application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"],
      countsTokens: false,
      cachedTokensField: "usage.input_tokens_details.cached_tokens",
      cacheMarks: "none",
    },
    answers: true,
  },
  anthropic: {
    files: {
      // https://platform.claude.com/docs/en/build-with-claude/files
      purposes: [
        {
          name: "",
          mediaTypes: [...pdfAndImages, "text/*", ...textOutsideOfText],
          maxBytes: 500_000_000,
          chatUse: "reference",
        },
      ],
      lifetime: { min: hour, max: 90 * day },
      // 1 TB for an organisation.
      quota: { bytes: 1_000_000_000_000 },
      downloads: false,
      listLag: 2_000,
      uploadsAtOnce: 4,
      listScope: "the workspace of the key",
    },
    chat: {
      // https://platform.claude.com/docs/en/build-with-claude/pdf-support, .../vision
      inlineTypes: pdfAndImages,
      // https://platform.claude.com/docs/en/build-with-claude/token-counting: but no uploaded files.
      countsTokens: true,
      // https://platform.claude.com/docs/en/build-with-claude/prompt-caching
      cachedTokensField: "usage.cache_read_input_tokens",
      cacheMarks: "breakpoints",
    },
    answers: true,
  },
  gemini: geminiCapabilities,
  moonshot: moonshotCapabilities,
  zhipu: zhipuCapabilities,
  supabase: supabaseCapabilities,
  local: {
    files: {
      purposes: [{ name: "user_data", mediaTypes: ["*"], maxBytes: 512_000_000, chatUse: "none" }],
      lifetime: { min: 60_000, max: 365 * day },
      quota: {},
      downloads: true,
      listLag: 0,
      uploadsAtOnce: 4,
      listScope: "this machine",
    },
    chat: {
      inlineTypes: [],
      countsTokens: false,
      cachedTokensField: "–",
      cacheMarks: "none",
    },
    answers: false,
  },
};
