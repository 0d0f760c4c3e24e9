/** A provider whose uploads go wrong as a test says, with a list that lags behind. */
import { ContextError } from "../../../src/core/errors.ts";
import type { ProviderWith } from "../../../src/core/ports/provider.ts";
import type { RemoteFile, UploadRequest } from "../../../src/core/ports/provider-files.ts";

/** What happens to one upload: an error before or after the file is stored, or none. */
export interface Fault {
  readonly error: ContextError | DOMException;
  readonly stored: boolean;
}

export interface ShakyProvider {
  readonly provider: ProviderWith<"files">;
  /** What the next uploads meet, in order; then all goes well. */
  readonly faults: Fault[];
  /** What the provider holds. */
  readonly held: RemoteFile[];
  readonly requests: UploadRequest[];
  /** How many of the newest files the list does not show. */
  hidden: number;
  /** True if equal bytes are one file, which keeps its first name. */
  storesOnce: boolean;
  /** Ids that were deleted. */
  readonly deleted: string[];
}

export function createShakyProvider(now: () => number, account = "a"): ShakyProvider {
  const held: RemoteFile[] = [];
  const faults: Fault[] = [];
  const requests: UploadRequest[] = [];
  const deleted: string[] = [];
  const shaky: ShakyProvider = {
    faults,
    held,
    requests,
    deleted,
    hidden: 0,
    storesOnce: false,
    provider: {
      account: { provider: "shaky", name: "Shaky", baseUrl: "https://shaky.example", account },
      capabilities: {
        answers: false,
        files: {
          purposes: [{ name: "any", mediaTypes: ["*"], maxBytes: 1_000_000, chatUse: "none" }],
          quota: {},
          downloads: false,
          listLag: 0,
          uploadsAtOnce: 1,
          listScope: "the account",
        },
      },
      files: {
        async upload(request) {
          requests.push(request);
          const fault = faults.shift();
          const { contentId } = request;
          const same = shaky.storesOnce && held.find((one) => one.contentId === contentId);
          const made = { id: `file-${requests.length}`, name: request.name, createdAt: now() };
          const file = same || { ...made, ...(shaky.storesOnce ? { contentId } : {}) };
          if (!same && (!fault || fault.stored)) held.push(file);
          if (fault) throw fault.error;
          return file;
        },
        list: async () => held.slice(0, held.length - shaky.hidden),
        get: async (id) => held.find((file) => file.id === id),
        async delete(id) {
          deleted.push(id);
          const index = held.findIndex((file) => file.id === id);
          if (index >= 0) held.splice(index, 1);
        },
      },
    },
  };
  return shaky;
}

/** The server is in trouble, and may or may not have stored the file. */
export function trouble(stored: boolean): Fault {
  return { stored, error: new ContextError("provider-unreachable", "no answer") };
}

/** The request was turned away. */
export function busy(retryAfter: number): Fault {
  const facts = { status: 429, retryAfter };
  return { stored: false, error: new ContextError("provider-busy", "too many requests", facts) };
}

export function refusal(code: "quota-exceeded" | "provider-rejected"): Fault {
  return { stored: false, error: new ContextError(code, "no") };
}
