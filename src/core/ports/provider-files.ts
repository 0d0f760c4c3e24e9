import type { ContentId } from "../files/content.ts";

/** Milliseconds after which an adapter gives up any upload, however large. */
export const longestUpload: number = 25 * 60_000;

/** A file to upload. */
export interface UploadRequest {
  /** The remote name, tag included. */
  readonly name: string;
  readonly contentId: ContentId;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The name of one of the provider's purposes. */
  readonly purpose: string;
  /** Milliseconds that the provider should keep the file; undefined: as long as it does by itself. */
  readonly lifetime?: number | undefined;
  /** The name that the user knows the file by, for errors; the remote name if it is left out. */
  readonly file?: string | undefined;
  /** Satchel's id of the upload, for a provider that logs the ids of its callers. */
  readonly operationId?: string | undefined;
}

/** A file that a provider holds. */
export interface RemoteFile {
  /** The provider's file id: opaque, valid only at this account. */
  readonly id: string;
  readonly name: string;
  /** Size in bytes, where the provider tells it. */
  readonly bytes?: number | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt?: number | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  /** The purpose that it was uploaded for, where the provider tells it. */
  readonly purpose?: string | undefined;
  /** SHA-256 of the bytes in lower-case hex, where the provider tells it. */
  readonly contentId?: ContentId | undefined;
}

/** The files of an account. An adapter translates, and decides nothing: see `Provider` for the errors. */
export interface ProviderFiles {
  /** Stores a file. Resolves only for a reply that names the file's id: after any other outcome the file may or may not exist. */
  upload(request: UploadRequest, signal: AbortSignal): Promise<RemoteFile>;
  /** All files of the account with one of Satchel's purposes, other tools' files among them. */
  list(signal: AbortSignal): Promise<readonly RemoteFile[]>;
  /** One file; undefined if the provider has none with this id, or has dropped it. */
  get(id: string, signal: AbortSignal): Promise<RemoteFile | undefined>;
  /** Deletes one file; a file that is gone already is no error. */
  delete(id: string, signal: AbortSignal): Promise<void>;
  /** The bytes of a file, as they were uploaded. Where `downloads` is false: undefined. Rejects with `provider-file-gone` if there is no such file. */
  readonly download?:
    | ((id: string, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>)
    | undefined;
  /** The text that the provider made of a file whose purpose has the chat use `text`. Rejects with `provider-file-gone` if there is no such file. */
  readonly text?: ((id: string, signal: AbortSignal) => Promise<string>) | undefined;
  /** An address at which anybody may read the file for so many seconds. */
  readonly link?:
    | ((id: string, seconds: number, signal: AbortSignal) => Promise<string>)
    | undefined;
}
