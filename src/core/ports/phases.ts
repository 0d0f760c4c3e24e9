import type { ContentId } from "../files/content.ts";
import type { Digest } from "../files/digest.ts";
import type { Finding, Phase, SavedFile } from "../session/phase.ts";
import type { SessionSnapshot } from "../session/snapshot.ts";

/** What a session has learned of its files, for work in several phases. Rejects as the registry does. */
export interface Phases {
  /** The newest digest of each of these contents that has one. */
  digests(contentIds: readonly ContentId[]): Promise<readonly Digest[]>;
  /** Stores digests of contents that the registry knows; one of an older version gives way. */
  saveDigests(digests: readonly Digest[]): Promise<void>;

  /** The phases of a session by number; a session begins with none, which counts as phase 1. */
  phases(sessionId: string): Promise<readonly Phase[]>;
  savePhase(phase: Phase): Promise<void>;
  /** Oldest first. */
  findings(sessionId: string): Promise<readonly Finding[]>;
  saveFinding(finding: Finding): Promise<void>;
  removeFinding(id: string): Promise<void>;

  /** Saves files for later phases; what earlier phases saved stays, and a file that is saved again is renewed. */
  saveFiles(files: readonly SavedFile[]): Promise<void>;
  /** Forgets what was saved for later phases. Session files, digests and findings stay. */
  clearSavedFiles(sessionId: string): Promise<void>;

  /** Brings each session's `file_context.json` in step now, instead of a moment after the change. */
  writeContexts(): Promise<void>;

  /** All that is known of a session at one moment; undefined if it is gone. */
  snapshot(sessionId: string): Promise<SessionSnapshot | undefined>;
  /** Stores a session that was read from a file, in one transaction. Rejects if its id is taken. */
  addSnapshot(snapshot: SessionSnapshot): Promise<void>;
}
