import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createOpenAi } from "../../src/providers/openai.ts";

/** Times of a round in milliseconds: what takes minutes in life must not in a test. */
export interface UploadTimes {
  /** After which a window that is not done is taken for dead. */
  readonly leaseMs: number;
  /** For which a doubtful upload is looked for. */
  readonly doubtMs: number;
  /** That are waited for before a list is relied on. */
  readonly listLag: number;
  /** What the random part of waits is multiplied by. */
  readonly hurry: number;
}

/** What a window is to do. */
export interface UploaderOrder {
  readonly store: string;
  readonly sessionId: string;
  readonly url: string;
  readonly seed: number;
  readonly task: "upload" | "settle";
  readonly rules: UploadTimes;
  /** `blind`: it never finds anything in a list, and so sends again whatever is in doubt. A planted bug. */
  readonly manner: "careful" | "blind";
}

/** The account that windows upload to. */
const account = "0123456789abcdef";

/** The real adapter, with a list that is relied on sooner. */
export function uploaderProvider({ url, rules, manner }: UploaderOrder): ProviderWith<"files"> {
  const provider = createOpenAi({ baseUrl: url, key: "sk-uploader", account });
  const { capabilities, files } = provider;
  if (!capabilities.files) throw new Error("the adapter has no files");
  return {
    ...provider,
    capabilities: {
      ...capabilities,
      files: { ...capabilities.files, listLag: rules.listLag },
    },
    files: manner === "blind" ? { ...files, list: async () => [] } : files,
  };
}
