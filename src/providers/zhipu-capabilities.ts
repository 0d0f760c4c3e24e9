import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
  Purpose,
} from "../core/ports/capabilities.ts";
import { documentTypes, isInternational } from "./models-zhipu.ts";

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

const word = "application/msword";
const wordX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const excel = "application/vnd.ms-excel";
const excelX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const powerpoint = "application/vnd.ms-powerpoint";

/**
 * Only models of the series GLM-5.3-Flash can be shown an upload: a model's `takes` says which files it takes. Images are left out: they can be uploaded,
 * but are shown as bytes alone.
 */
// https://docs.bigmodel.cn/api-reference/%E6%96%87%E4%BB%B6-api/%E4%B8%8A%E4%BC%A0%E6%96%87%E4%BB%B6
const chinese: Purpose = {
  name: "agent",
  mediaTypes: ["application/pdf", word, wordX, excel, excelX, "text/plain", "text/csv"],
  maxBytes: 20_000_000,
  chatUse: "reference",
  maxFiles: 1_000,
};

// https://docs.z.ai/api-reference/agents/file-upload
const international: Purpose = {
  name: "agent",
  mediaTypes: ["application/pdf", word, excelX, powerpoint, "text/plain"],
  maxBytes: 100_000_000,
  chatUse: "reference",
};

/** The endings of names that are taken, in China or elsewhere. */
export const readEndings: ReadonlySet<string> = new Set(
  "pdf doc docx xls xlsx ppt txt csv".split(" "),
);

/** What Zhipu's GLM can do in China, where most of its accounts are. */
export const zhipuCapabilities: FilesAndChat = {
  files: {
    purposes: [chinese],
    quota: {},
    downloads: false,
    listLag: 2_000,
    uploadsAtOnce: 1,
    listScope: "the account",
  },
  chat: {
    // https://docs.z.ai/guides/vlm/glm-5.3-flash
    inlineTypes: ["image/png", "image/jpeg", ...documentTypes],
    countsTokens: true,
    cachedTokensField: "usage.prompt_tokens_details.cached_tokens",
    cacheMarks: "none",
  },
  answers: true,
};

/** What it can do at this address: Z.ai takes larger files, of other kinds. */
export function zhipuCapabilitiesAt(baseUrl: string): FilesAndChat {
  if (!isInternational(baseUrl)) return zhipuCapabilities;
  return { ...zhipuCapabilities, files: { ...zhipuCapabilities.files, purposes: [international] } };
}
