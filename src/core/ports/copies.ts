import type { ContentId } from "../files/content.ts";
import type { SessionFile } from "../session/session.ts";

/** When a stored copy has had its time. */
export interface ExpiryRule {
  /** Milliseconds that a copy is kept; 0: for ever. */
  readonly lifetime: number;
  /** What the time counts from. */
  readonly countFrom: "upload" | "last-use";
  /** Milliseconds that an expired copy stays in the trash; 0: it is deleted at once. */
  readonly trashTime: number;
  /** Bytes that copies may take together before those that nothing refers to are deleted, the least recently used first. */
  readonly maxBytes: number;
}

/** A stored copy, together with the session files that show its content now. */
export interface StoredCopy {
  readonly contentId: ContentId;
  readonly bytes: number;
  /** The name that people know it by. */
  readonly name: string;
  readonly files: readonly SessionFile[];
}

/** A copy in the trash. */
export interface TrashedCopy {
  readonly contentId: ContentId;
  readonly bytes: number;
  readonly name: string;
  /** Milliseconds until it is deleted for good; 0 if its time is over. */
  readonly timeLeft: number;
  /** The session files that went with it, because their bytes were nowhere else. */
  readonly files: readonly SessionFile[];
}

/**
 * The copies that the store keeps of files that were sent or uploaded. Time is the store's own: it does not jump with the clock, and all windows
 * share it. A copy that a session file, an upload or a ledger needs is never deleted. Rejects as the registry does.
 */
export interface Copies {
  /** Records that these contents are in the store and used now. For an upload their time begins anew. */
  useCopies(contentIds: readonly ContentId[], use: "upload" | "send"): Promise<void>;
  /** The copies whose time is over: not those of pinned files, and none that a ledger replays. */
  dueCopies(rule: ExpiryRule): Promise<readonly StoredCopy[]>;
  /**
   * True once an hour has passed since the owner was told that copies expire. The first call marks that moment, and is the only one to be
   * answered with `tell`.
   */
  mayExpire(): Promise<boolean | "tell">;
  /**
   * Moves a copy to the trash, together with session files (by id) whose bytes are nowhere else. False if it is not due any more, or if
   * another session file shows it than those that `copy` names.
   */
  trashCopy(copy: StoredCopy, lostFileIds: readonly string[], rule: ExpiryRule): Promise<boolean>;
  /** What lies in the trash, the newest first. */
  trash(rule: ExpiryRule): Promise<readonly TrashedCopy[]>;
  /** The copies in the trash whose time is over, with the session files that show them all the same; none where the content was taken anew. */
  overdueTrash(rule: ExpiryRule): Promise<readonly StoredCopy[]>;
  /** Deletes a copy in the trash for good, unless it is used again. `copy` is as it was checked, like for `trashCopy`. */
  purgeCopy(copy: StoredCopy): Promise<boolean>;
  /** Takes a copy out of the trash, its session files too. Rejects with `content-missing` if its bytes are gone. */
  restoreCopy(contentId: ContentId): Promise<void>;
  /** Deletes the least recently used copies that nothing refers to until the rest fits. Returns what it deleted. */
  trimCopies(rule: ExpiryRule): Promise<readonly StoredCopy[]>;
}
