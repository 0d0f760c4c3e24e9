import type { ContextErrorCode } from "../errors.ts";
import type { ContentId } from "./content.ts";

/** Where provider file ids are valid: the first parts of an upload's key. */
export type AccountKey = Pick<UploadKey, "provider" | "baseUrl" | "account">;

/** What makes two uploads the same: a provider file is never used at another provider, server or account. */
export interface UploadKey {
  readonly contentId: ContentId;
  /** Provider id, for example `openai`. */
  readonly provider: string;
  /** The server's base URL; `""` where there is none. */
  readonly baseUrl: string;
  /** Fingerprint of the account, never the key itself. */
  readonly account: string;
  /** The provider's own word for what the file is for, for example `user_data`. */
  readonly purpose: string;
  readonly mediaType: string;
}

/**
 * The life of one upload. `planned`: nothing was sent. `sending` is committed before the request; any outcome but a validated reply or a refusal
 * is `unknown`, because the provider may hold the file. `retry-at`: refused for now. `removing` is committed before a deletion.
 */
export type UploadState =
  | "planned"
  | "sending"
  | "ready"
  | "retry-at"
  | "failed"
  | "unknown"
  | "removing"
  | "gone";

/** One upload: a row that says where a content id lies at a provider. */
export interface ProviderFile extends UploadKey {
  /** Satchel's id of the upload operation; its first six digits are part of the remote name. */
  readonly id: string;
  readonly state: UploadState;
  /** The name that the file has at the provider, tag included. */
  readonly remoteName: string;
  /** The provider's id of the file; undefined until the provider has confirmed it. */
  readonly providerFileId?: string | undefined;
  /** Milliseconds since 1970 at which the upload began. */
  readonly startedAt: number;
  /** Milliseconds since 1970 at which the provider drops the file; undefined if it keeps it. */
  readonly expiresAt?: number | undefined;
  /** Milliseconds since 1970 at which the provider last confirmed the file. */
  readonly verifiedAt?: number | undefined;
  /** Milliseconds since 1970 before which the provider wants no upload; for the state `retry-at`. */
  readonly retryAt?: number | undefined;
  /** Requests that were sent for it. */
  readonly attempts?: number | undefined;
  /** Why it failed last. */
  readonly errorCode?: ContextErrorCode | undefined;
  /** True if a request may have stored the file although the state says otherwise: lists are searched for it. */
  readonly inDoubt?: boolean | undefined;
}

/** A file at a provider, as people see it. */
export type ProviderState =
  | "none"
  | "uploading"
  | "ready"
  | "expiring"
  | "expired"
  | "gone"
  | "failed";

/** A file is called expiring, and is verified before use, this long before its end. */
const expiryMargin: number = 10 * 60_000;

/** The state of an upload at the time `now` (milliseconds since 1970). */
export function providerState(upload: ProviderFile, now: number): ProviderState {
  if (upload.state === "sending" || upload.state === "planned") return "uploading";
  if (upload.state === "gone" || upload.state === "removing") return "gone";
  if (upload.state !== "ready") return "failed";
  if (upload.expiresAt === undefined || now < upload.expiresAt - expiryMargin) return "ready";
  return now < upload.expiresAt ? "expiring" : "expired";
}
