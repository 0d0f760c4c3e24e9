import { makeMissingDigests, type DigestParts } from "../files/make-digests.ts";
import { fileContextOf, type FileContext } from "./file-context.ts";
import type { FileView, SessionView } from "./session.ts";

export interface ContextParts extends DigestParts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What saving a file context took. */
export interface SavedContext {
  /** Number of the phase that it was saved in. */
  readonly phase: number;
  readonly files: number;
  /** Contents that were analysed; the others had not changed since they were analysed before. */
  readonly analysed: number;
}

/** True if the session has a saved file context: files of this phase or of earlier ones. */
export async function hasFileContext(parts: ContextParts, sessionId: string): Promise<boolean> {
  return ((await getFileContext(parts, sessionId))?.file_count ?? 0) > 0;
}

/** The file context of a session; undefined if there is no such session. */
export async function getFileContext(
  { phases, now }: ContextParts,
  sessionId: string,
): Promise<FileContext | undefined> {
  const snapshot = await phases.snapshot(sessionId);
  return snapshot && fileContextOf(snapshot, now());
}

/**
 * Saves files of a session for its later phases. What earlier phases saved stays, even if the session does not hold it any more. A file whose bytes
 * were analysed once is not analysed again; one that has changed is.
 */
export async function saveFileContext(
  parts: ContextParts,
  { session }: SessionView,
  views: readonly FileView[],
  signal: AbortSignal,
): Promise<SavedContext> {
  const analysed = await makeMissingDigests(parts, views, signal);
  const phase = await currentPhase(parts, session.id);
  const savedAt = parts.now();
  await parts.phases.saveFiles(
    views.map(({ file: { uri, contentId } }) => ({
      sessionId: session.id,
      uri,
      contentId,
      phase,
      savedAt,
    })),
  );
  return { phase, files: views.length, analysed };
}

/** The number of the phase that a session is in. */
export async function currentPhase(
  { phases }: Pick<ContextParts, "phases">,
  sessionId: string,
): Promise<number> {
  return (await phases.phases(sessionId)).at(-1)?.number ?? 1;
}
