import type { ContentId } from "../files/content.ts";
import type { ForeignFileContext } from "../session/foreign-context.ts";
import type { PortableSession } from "../session/portable.ts";
import type { ContentSource } from "./contents.ts";

/** What became of an export. */
export interface WrittenArchive {
  /** Size of the archive in bytes. */
  readonly bytes: number;
  /** How many contents are stored in it. */
  readonly contents: number;
  /** The contents that were asked for and are nowhere to be had, or that the session does not describe. */
  readonly missing: readonly ContentId[];
}

/** What was found in an archive. */
export interface ReadArchive {
  /** Well formed, but the word of whoever made the archive: nothing in it says that a digest or a token count is true. */
  readonly session: PortableSession;
  /** The contents of the session whose bytes were found, verified and kept; in the order of `session.contents`. */
  readonly contents: readonly ContentId[];
}

/**
 * Sessions as single `.satchel` files, to hand on or to keep: a zip of `session.json` and, for each content, `contents/<content id>`. Rejects
 * with `ContextError`: `file-not-local` (not a `file:` URI), `store-unavailable` (the archive or the store cannot be written, or the
 * disk is full).
 */
export interface Archives {
  /**
   * Writes the session to the file `target`, a `file:` URI, with those contents of `withContents` that can be had: from the blob, else
   * from the file that still holds these bytes. A content may have several sources. What was at `target` stays until the
   * archive is complete and durable, and stays for good when this rejects. Rejects with `file-too-large` for a session that no archive
   * can hold, `file-changing` if a file changed after it was found to hold its bytes.
   */
  writeArchive(
    target: string,
    session: PortableSession,
    withContents: readonly ContentSource[],
    signal?: AbortSignal,
  ): Promise<WrittenArchive>;
  /**
   * Reads the archive at `source`, a `file:` URI, which may come from anybody: everything is checked, and every content has the bytes that
   * its id says. Keeps these bytes as blobs before it resolves, and keeps nothing if any of the archive is wrong. Rejects with
   * `archive-invalid`; with `file-missing`, `file-unreadable` and `file-not-regular` as `Contents` does.
   */
  readArchive(source: string, signal?: AbortSignal): Promise<ReadArchive>;
  /** Reads a `file_context.json` that another tool wrote, at most 64 MB of it. Rejects with `file-context-invalid`, and as `readArchive` does. */
  readFileContext(source: string, signal?: AbortSignal): Promise<ForeignFileContext>;
}
