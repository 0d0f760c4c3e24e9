import type { ContentId } from "../files/content.ts";

/** A numbered part of a session. A new phase starts from digests and findings instead of reading the files again. */
export interface Phase {
  readonly sessionId: string;
  /** 1 for the first. */
  readonly number: number;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** A result worth keeping, which later phases use instead of analysing files again. */
export interface Finding {
  readonly id: string;
  readonly sessionId: string;
  /** Number of the phase that it comes from. */
  readonly phase: number;
  readonly title: string;
  readonly text: string;
  /** The contents that it was found in. */
  readonly contentIds: readonly ContentId[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A file as it was saved for later phases. It stays when the session file is removed, until the saved context is cleared. */
export interface SavedFile {
  readonly sessionId: string;
  readonly uri: string;
  readonly contentId: ContentId;
  /** Number of the phase that saved it last. */
  readonly phase: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}
