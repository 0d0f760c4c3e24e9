import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";

const hour = 3_600_000;
const day = 24 * hour;

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

/** What each provider can do, by its id in the catalog. The table in the documentation is made from it. */
export const capabilities: { readonly openai: FilesAndChat; readonly local: FilesAndChat } = {
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
