import type { ContextErrorCode } from "../errors.ts";
import type { ContentId } from "../files/content.ts";

/** What Satchel does to files. */
export type OperationKind =
  | "upload"
  | "download"
  | "delete"
  | "access"
  | "metadata_change"
  | "sync"
  | "dedup"
  | "evict"
  | "pack"
  | "expire";

/** A point in the life of an operation. One that was cancelled has failed with the code `cancelled`. */
export type OperationEventName = "started" | "retry" | "completed" | "failed";

/** Why an operation failed: an error's code; the user's wish; its process died; a defect. */
export type OperationErrorCode = ContextErrorCode | "cancelled" | "interrupted" | "unexpected";

/** What an operation is about. Never a key, never file content. */
export interface OperationSubject {
  readonly kind: OperationKind;
  readonly sessionId?: string | undefined;
  /** The file's URI. */
  readonly uri?: string | undefined;
  readonly contentId?: ContentId | undefined;
  /** Provider id, for example `openai`. */
  readonly provider?: string | undefined;
}

/**
 * One event of an operation, as it is logged. An operation begins with `started` and has one end, `completed` or `failed`, about the same `uri` (or
 * none). If it is about several files, `completed` or `failed` events of each file stand before its end.
 */
export interface OperationEvent extends OperationSubject {
  /** Of the operation; its events share it. For an upload it is the id of the provider file. */
  readonly id: string;
  /** Of the command that began the operation; operations of one command share it. May begin with the command's name and a colon. */
  readonly commandId: string;
  readonly event: OperationEventName;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Bytes that were moved, where bytes are moved. */
  readonly bytes?: number | undefined;
  /** 1 for the first attempt. */
  readonly attempt?: number | undefined;
  /** Milliseconds since the operation started. */
  readonly durationMs?: number | undefined;
  readonly errorCode?: OperationErrorCode | undefined;
}
