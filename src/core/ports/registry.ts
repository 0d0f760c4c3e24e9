import type { Content, ContentId } from "../files/content.ts";
import type { AccountKey, ProviderFile, UploadKey } from "../files/provider-file.ts";
import type { Session, SessionFile, SessionPage, SessionView } from "../session/session.ts";

/** What a caller may change of a session file after it was added. */
export type SessionFileChange = Partial<Omit<SessionFile, "id" | "sessionId" | "uri" | "position">>;

/** What a caller may change of an upload after it was claimed. */
export type UploadChange = Partial<
  Pick<
    ProviderFile,
    | "state"
    | "remoteName"
    | "providerFileId"
    | "expiresAt"
    | "verifiedAt"
    | "retryAt"
    | "attempts"
    | "errorCode"
    | "inDoubt"
  >
>;

/** How a caller knows an upload. */
export type SeenUpload = Pick<ProviderFile, "id" | "state" | "attempts" | "providerFileId">;

/** The outcome of asking for the right to upload. */
export type UploadClaim =
  /** The row is ours, in state `planned`, and committed. */
  | { readonly kind: "claimed"; readonly upload: ProviderFile }
  /** Somebody uploaded these bytes already, is doing so, or left an upload whose outcome is unknown. */
  | { readonly kind: "held"; readonly upload: ProviderFile }
  /** The account wants no upload before `until`, in milliseconds since 1970. */
  | { readonly kind: "wait"; readonly until: number }
  /** Uploading would pass one of the caps before `until`. */
  | { readonly kind: "capped"; readonly cap: keyof UploadCaps; readonly until: number };

/** How much may be uploaded to one account, so that a mistake cannot become expensive. 0: no limit. */
export interface UploadCaps {
  readonly filesPerMinute: number;
  readonly filesPerDay: number;
  readonly bytesPerDay: number;
}

/** What a claim is judged by. */
export interface ClaimRules {
  /** A window that has not finished an upload after so many milliseconds is taken for dead. */
  readonly leaseMs: number;
  readonly caps: UploadCaps;
}

/**
 * The memory of sessions, files and uploads, shared by all windows of this machine.
 * Every method that changes something has committed durably when its promise resolves. Methods reject with
 * `ContextError` `store-unavailable` or `store-newer` when the database cannot be used; nothing is changed then.
 */
export interface Registry {
  /** The sessions of a workspace, oldest first. */
  sessions(workspace: string): Promise<readonly Session[]>;
  createSession(session: Session): Promise<void>;
  renameSession(id: string, name: string): Promise<void>;
  /** Removes the session and its session files; contents and provider files stay. */
  deleteSession(id: string): Promise<void>;

  /** A session with its files in order, their contents and their uploads; undefined if there is no such session. */
  view(sessionId: string): Promise<SessionView | undefined>;
  /** At most `limit` files of a session, from the one at `from` (0 for the first), as `view` gives them. */
  page(sessionId: string, from: number, limit: number): Promise<SessionPage | undefined>;

  /**
   * Adds files at the end of their session, with their contents, in one transaction. A URI that the session holds already keeps its
   * row and takes the new content id. Returns the rows as stored, in the order given.
   */
  addFiles(files: readonly NewSessionFile[]): Promise<readonly SessionFile[]>;
  /** Applies each change to its row in one transaction. A row that is gone is passed over. */
  changeFiles(changes: readonly { id: string; change: SessionFileChange }[]): Promise<void>;
  removeFiles(ids: readonly string[]): Promise<void>;
  /** Puts rows back as they were, for undo. */
  restoreFiles(files: readonly SessionFile[]): Promise<void>;

  content(contentId: ContentId): Promise<Content | undefined>;
  /** Stores what is known of contents; a token count that is known already is kept if the new value lacks one. */
  saveContents(contents: readonly Content[]): Promise<void>;

  /**
   * Claims an upload, atomically among all windows. A row of the same key in state `ready`, `unknown`, `sending` or `planned` is returned
   * as held; of those whose lease is over, a `sending` one is first turned into `unknown`, and a `planned` one into `failed`. `bytes` is
   * the size of the content, for the caps.
   */
  claimUpload(upload: ProviderFile, bytes: number, rules: ClaimRules): Promise<UploadClaim>;
  changeUpload(id: string, change: UploadChange): Promise<void>;
  /** Like `changeUpload`; but false, and nothing is changed, if the upload does not stand as it was seen, because another window was at it. */
  advanceUpload(seen: SeenUpload, change: UploadChange): Promise<boolean>;
  /** The uploads to an account that are not settled: under way, to be removed, or in doubt. */
  openUploads(account: AccountKey): Promise<readonly ProviderFile[]>;
  /** The uploads of a key in any state, newest first. */
  uploads(key: Partial<UploadKey>): Promise<readonly ProviderFile[]>;

  /** Calls the listener after every committed change, of this window or another. Returns the way to stop. */
  onDidChange(listener: () => void): () => void;
}

/** A session file to be added; id and position are given by the registry where the URI is new. */
export interface NewSessionFile {
  readonly sessionId: string;
  readonly uri: string;
  readonly content: Content;
  readonly sendAllowed?: ContentId | undefined;
}
