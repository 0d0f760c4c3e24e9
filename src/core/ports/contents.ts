import type { Content, ContentId } from "../files/content.ts";

/** What reading a file once tells. */
export interface FileFacts {
  readonly content: Content;
  /** True if the text holds a private key block. */
  readonly holdsPrivateKey: boolean;
  /** True if the repository around the file ignores it. */
  readonly ignoredByGit: boolean;
}

/** Where the bytes of a content can be found. */
export interface ContentSource {
  readonly contentId: ContentId;
  /** The file that held these bytes when they were last seen. */
  readonly uri: string;
}

/**
 * The bytes of the session's files: on disk, and as blobs in the store. Rejects with `ContextError`: `file-missing`, `file-unreadable`,
 * `file-not-regular` (a folder, a pipe, a device), `file-not-local` (not a `file:` URI), `file-empty`, `file-too-large` (found
 * from its size, before reading), `file-changing` (it does not hold still), `content-missing`, `content-damaged`.
 */
export interface Contents {
  /** Reads the file once, streaming, and stores nothing. `maxBytes` is the size limit in bytes. */
  inspect(uri: string, maxBytes: number, signal?: AbortSignal): Promise<FileFacts>;
  /** Like `inspect`, and keeps the very bytes that were hashed as a blob, so that what is sent later is what was recorded. */
  take(uri: string, maxBytes: number, signal?: AbortSignal): Promise<FileFacts>;
  /**
   * The bytes of a content: its blob, else the file if it still holds these bytes. Verified by hash on every read.
   * Rejects with `content-missing` when neither is there.
   */
  read(source: ContentSource, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes the blob of a content to the place of its file, for the user to have it again. False, and nothing is touched, if anything is there already. The place
   * must lie inside the folder `within`, a `file:` URI, if that is given: rejects with `file-outside` otherwise, whatever links lead
   * there. Rejects with `file-unwritable` if the system refuses.
   */
  putBack(source: ContentSource, within?: string, signal?: AbortSignal): Promise<boolean>;
  /** Those of the contents that have a blob, in the order given. Tells that it is there, not that it is whole. */
  kept(contentIds: readonly ContentId[], signal?: AbortSignal): Promise<readonly ContentId[]>;
}
