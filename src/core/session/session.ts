import type { Content, ContentId } from "../files/content.ts";
import type { ProviderFile } from "../files/provider-file.ts";

/** A named working set of files, bound to a workspace. Exactly one is active in each window. */
export interface Session {
  readonly id: string;
  readonly name: string;
  /** The workspace's URI, or `""` for a window without a folder. */
  readonly workspace: string;
  /** Random token of the markers around file text; constant for the session's life, or the prompt cache would be lost. */
  readonly fence: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The file on disk, against the content that the session holds of it. */
export type DiskState = "fresh" | "changed" | "missing";

/** How a file stands in the model's context. `out` means that the model has not been shown it. */
export type ContextState = "full" | "excerpt" | "digest" | "reference" | "stub" | "out";

/** Base files stand first in every request; other files follow. */
export type Role = "base" | "file";

/** One file in a session. */
export interface SessionFile {
  readonly id: string;
  readonly sessionId: string;
  /** The file's URI, for example `file:///home/ada/sales.csv`. One session holds a URI once. */
  readonly uri: string;
  readonly role: Role;
  /** A pinned file is packed before all others. */
  readonly pinned: boolean;
  /** An evicted file stays in the session and is left out of requests. */
  readonly evicted: boolean;
  /** The content that the session took when it last read the file. */
  readonly contentId: ContentId;
  readonly disk: DiskState;
  readonly context: ContextState;
  /** Why `context` is `out`, for people; undefined if the file was not yet considered. */
  readonly outReason?: string | undefined;
  /** Place in the session: files are packed and shown in the order of first use. */
  readonly position: number;
  /** The content that the user allowed to be sent although the file looks like a secret. */
  readonly sendAllowed?: ContentId | undefined;
  /** The content that the user allowed to be uploaded although the file looks like a secret. */
  readonly uploadAllowed?: ContentId | undefined;
}

/** A session file with all that is known of its content. */
export interface FileView {
  readonly file: SessionFile;
  readonly content: Content;
  /** The uploads of this content, at every provider, newest first. */
  readonly providerFiles: readonly ProviderFile[];
}

/** A session with its files, in their order. */
export interface SessionView {
  readonly session: Session;
  readonly files: readonly FileView[];
}

/** Some of a session's files, for who cannot wait for all of a large one. */
export interface SessionPage extends SessionView {
  /** Files of the whole session. */
  readonly total: number;
  /** Tokens of the whole session, as far as they were counted; told with its first page only. */
  readonly tokens?: number | undefined;
  /** Another number after a change: pages of different revisions do not belong together. */
  readonly revision: number;
}

/** The last part of a file's URI, decoded: the name that people know it by. */
export function nameOf(uri: string): string {
  const path = uri.replace(/[?#].*$/u, "").replace(/\/+$/u, "");
  return decoded(path.slice(path.lastIndexOf("/") + 1));
}

/** A URI or a part of one without percent encoding, as far as it decodes. */
export function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
