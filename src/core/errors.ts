/** Every way in which Satchel can fail for a reason that a person can act on. `vscode/report.ts` has one row for each. */
export type ContextErrorCode =
  | "key-missing"
  | "key-rejected"
  | "quota-exceeded"
  | "provider-busy"
  | "provider-unreachable"
  | "provider-rejected"
  | "provider-file-gone"
  | "response-malformed"
  | "upload-unfinished"
  | "upload-capped"
  | "file-missing"
  | "file-unreadable"
  | "file-changing"
  | "file-empty"
  | "file-too-large"
  | "file-not-regular"
  | "file-not-local"
  | "file-outside"
  | "file-unwritable"
  | "content-missing"
  | "content-damaged"
  | "archive-invalid"
  | "file-context-invalid"
  | "finding-empty"
  | "session-missing"
  | "store-unavailable"
  | "store-damaged"
  | "store-read-only"
  | "store-newer"
  | "tokenizer-unavailable"
  | "workspace-untrusted"
  | "window-too-small";

/** The facts of a failure, apart from its sentence. Never a key, never file content. */
export interface ContextErrorFacts {
  /** Display name of the provider, for example `OpenAI`. */
  readonly provider?: string | undefined;
  /** Name of the file as the user knows it. */
  readonly file?: string | undefined;
  /** HTTP status of the provider's reply. */
  readonly status?: number | undefined;
  /** Milliseconds to wait before another try makes sense, when the provider said so. */
  readonly retryAfter?: number | undefined;
}

/** A `ContextError` as plain data, to cross a thread. */
export interface ContextErrorData {
  readonly code: ContextErrorCode;
  readonly message: string;
  readonly facts: ContextErrorFacts;
}

const marker = "isSatchelContextError";

/**
 * The one error class. Its message is a sentence for people, without a full stop, that names the file and the provider.
 * Several bundles hold a copy of this class: ask `isContextError`, never `instanceof`.
 */
export class ContextError extends Error {
  readonly isSatchelContextError = true;
  override readonly name = "ContextError";
  readonly code: ContextErrorCode;
  readonly facts: ContextErrorFacts;

  constructor(
    code: ContextErrorCode,
    message: string,
    facts: ContextErrorFacts & ErrorOptions = {},
  ) {
    const { cause, ...rest } = facts;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = rest;
  }
}

/** True for a `ContextError` of any bundle. */
export function isContextError(error: unknown): error is ContextError {
  return typeof error === "object" && error !== null && marker in error;
}

/** True for what an aborted `AbortSignal` throws. A cancelled operation is not a failure. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** The data of an error, ready to cross a thread; undefined if it is not a `ContextError`. */
export function errorToData(error: unknown): ContextErrorData | undefined {
  return isContextError(error)
    ? { code: error.code, message: error.message, facts: error.facts }
    : undefined;
}

/** The error that `errorToData` took apart. */
export function errorFromData(data: ContextErrorData): ContextError {
  return new ContextError(data.code, data.message, data.facts);
}

/** The sentence of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
