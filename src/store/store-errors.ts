import { ContextError, isAbort, isContextError } from "../core/errors.ts";

// https://sqlite.org/rescode.html: the low byte of an extended result code.
const sqliteBusy = 5;
const sqliteLocked = 6;
const sqliteFull = 13;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;
const sqliteConstraint = 19;
/** Permission, read-only, I/O, cannot open, large files unsupported, authorisation. */
const sqliteUnusable: ReadonlySet<number> = new Set([3, 8, 10, 14, 22, 23]);

/** The primary result code of an SQLite error; undefined for any other value. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** True if another connection holds a lock: the same work may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === sqliteBusy || code === sqliteLocked;
}

/** True if a row was refused because it does not fit its table: it is there already, or refers to what is not, or holds what no row may. */
export function isMisfit(error: unknown): boolean {
  return sqliteCode(error) === sqliteConstraint;
}

/** The error of a database that is there and cannot be read as what it should be. */
export function damaged(file: string, cause?: unknown): ContextError {
  return new ContextError(
    "store-damaged",
    `Satchel's store ${file} is damaged and was left as it is: make it anew from the saved sessions with "Rebuild Store", or put a backup in its place`,
    cause === undefined ? {} : { cause },
  );
}

/** The error of a database that is gone, although the sessions that it held are saved beside it. */
export function lost(file: string): ContextError {
  return new ContextError(
    "store-damaged",
    `Satchel's store ${file} is gone: make it anew from the saved sessions with "Rebuild Store", or put a backup in its place`,
  );
}

/** The error of a ledger in which not everything is as it was stored, with what was found. */
export function ledgerDamaged(detail: string): ContextError {
  return new ContextError(
    "store-damaged",
    'What was sent before in this conversation is damaged in Satchel\'s store: start a new chat, or have the damage mended with "Verify Store"',
    { cause: new Error(detail) },
  );
}

/** The error of a database that a later version of the extension has changed. */
export function newer(file: string): ContextError {
  return new ContextError(
    "store-newer",
    `Satchel's store ${file} was written by a newer Satchel: update the extension to open it`,
  );
}

/** The error of work for a session that is gone. */
export function sessionMissing(): ContextError {
  return new ContextError(
    "session-missing",
    "This session was deleted, perhaps in another window: choose another session and try again",
  );
}

/** `store-unavailable` with this sentence. */
export function unavailable(sentence: string, cause?: unknown): ContextError {
  return new ContextError("store-unavailable", sentence, cause === undefined ? {} : { cause });
}

/** What SQLite or the file system threw, as a sentence that names the file; a defect of our own stays what it is. */
export function storeError(error: unknown, file: string): unknown {
  if (isContextError(error) || isAbort(error)) return error;
  const code = sqliteCode(error);
  const errno = errnoOf(error);
  if (code === sqliteCorrupt || code === sqliteNotADatabase) return damaged(file, error);
  const trouble = troubleOf(code, errno);
  return trouble === undefined ? error : unavailable(`Satchel's store ${file} ${trouble}`, error);
}

function troubleOf(code: number | undefined, errno: string | undefined): string | undefined {
  if (code === sqliteFull || errno === "ENOSPC" || errno === "EDQUOT") {
    return "cannot grow because the disk is full: free some space and try again";
  }
  if (code === sqliteBusy || code === sqliteLocked) {
    return "is locked by another program: close that program and try again";
  }
  const reason = code !== undefined && sqliteUnusable.has(code) ? `SQLite ${code}` : errno;
  return reason && `cannot be used (${reason}): check that you may read and write this folder`;
}

/** The code of a system error, for example `ENOENT`; undefined for any other value. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
