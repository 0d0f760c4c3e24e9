import type { ContextErrorCode } from "../errors.ts";
import type { Contents } from "../ports/contents.ts";
import type { Copies } from "../ports/copies.ts";
import type { Provider } from "../ports/provider.ts";
import type { Registry, UploadCaps } from "../ports/registry.ts";
import type { RetryBudget } from "../resilience/retry.ts";
import type { Confirm } from "./sensitive.ts";

/** What speaking with a provider about uploads takes. */
export interface SettleParts {
  readonly registry: Registry;
  readonly provider: Provider;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with an `AbortError` as soon as the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface UploadParts extends SettleParts {
  readonly contents: Contents;
  readonly copies: Copies;
  readonly confirm: Confirm;
  /** The id of the upload, for its row and its remote name: that of the logged operation. Called once. */
  readonly newId: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly budget: RetryBudget;
  /** Told before each further attempt, with the reason. */
  readonly onRetry?: ((errorCode: ContextErrorCode) => Promise<void>) | undefined;
}

export interface UploadOptions {
  /** Size limit in bytes. */
  readonly maxBytes: number;
  /** Milliseconds that the provider should keep the file; undefined: as long as it does by itself. */
  readonly lifetime?: number | undefined;
  readonly caps: UploadCaps;
  /** A window that has not finished an upload after so many milliseconds is taken for dead; `uploadLease` if it is left out. */
  readonly leaseMs?: number | undefined;
}

/** More than `longestUpload`: a window that is still sending is not taken for dead, and what remains is for its retries. */
export const uploadLease: number = 30 * 60_000;
