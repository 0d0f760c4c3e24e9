import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";
import { compatibleCapabilities } from "./compatible-capabilities.ts";
import { geminiCapabilities } from "./gemini-capabilities.ts";
import { pdfAndImages, textTypes } from "./media-types.ts";
import { moonshotCapabilities } from "./moonshot-capabilities.ts";
import { openAiCapabilities } from "./openai-capabilities.ts";
import { supabaseCapabilities } from "./supabase-capabilities.ts";
import { zhipuCapabilities } from "./zhipu-capabilities.ts";

const hour = 3_600_000;
const day = 24 * hour;

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

/** What each provider can do, by its id in the catalog. The table in the documentation is made from it. */
export const capabilities: {
  readonly openai: FilesAndChat;
  readonly anthropic: FilesAndChat;
  readonly gemini: FilesAndChat;
  readonly moonshot: FilesAndChat;
  readonly zhipu: FilesAndChat;
  readonly supabase: Capabilities & { readonly files: FileCapabilities };
  readonly compatible: FilesAndChat;
  readonly local: FilesAndChat;
} = {
  openai: openAiCapabilities,
  anthropic: {
    files: {
      // https://platform.claude.com/docs/en/build-with-claude/files
      purposes: [
        {
          name: "",
          mediaTypes: [...pdfAndImages, ...textTypes],
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
      // https://platform.claude.com/docs/en/build-with-claude/prompt-caching
      cacheLifetime: 5 * 60_000,
    },
    answers: true,
  },
  gemini: geminiCapabilities,
  moonshot: moonshotCapabilities,
  zhipu: zhipuCapabilities,
  supabase: supabaseCapabilities,
  compatible: compatibleCapabilities,
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
