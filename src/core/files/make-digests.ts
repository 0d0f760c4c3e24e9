import { isContextError } from "../errors.ts";
import type { Contents } from "../ports/contents.ts";
import type { Digester } from "../ports/digester.ts";
import type { Phases } from "../ports/phases.ts";
import { nameOf, type FileView } from "../session/session.ts";
import { mapConcurrently } from "./concurrent.ts";
import type { Digest } from "./digest.ts";

export interface DigestParts {
  readonly phases: Phases;
  readonly contents: Contents;
  readonly digester: Digester;
}

/** Every record makes all windows look again: so many digests go into one. */
const recordAtOnce = 16;

/** As many as are read at the same time: of each the bytes are in memory. */
const makeAtOnce = 2;

/**
 * Makes the digests that are missing: one for each content, however many files hold it, and none that the registry has in the digester's version. Files
 * that cannot be read now are passed over. Returns how many were made.
 */
export async function makeMissingDigests(
  { phases, contents, digester }: DigestParts,
  views: readonly FileView[],
  signal: AbortSignal,
): Promise<number> {
  const byContent = new Map(views.map((view) => [view.content.contentId, view]));
  const known = new Map(
    (await phases.digests([...byContent.keys()])).map((digest) => [digest.contentId, digest]),
  );
  for (const { contentId, version } of known.values()) {
    if (version === digester.version) byContent.delete(contentId);
  }
  const made: Digest[] = [];
  let count = 0;
  await mapConcurrently([...byContent], makeAtOnce, async ([contentId, { file }]) => {
    signal.throwIfAborted();
    const digest = await orUnreadable(async () => {
      const bytes = await contents.read({ contentId, uri: file.uri }, signal);
      return digester.digest({ contentId, name: nameOf(file.uri), bytes }, signal);
    });
    // What an older version knew says more than that the file could not be looked into.
    if (!digest || (digest.version < digester.version && known.has(contentId))) return;
    made.push(digest);
    count++;
    if (made.length >= recordAtOnce) await phases.saveDigests(made.splice(0));
  });
  if (made.length > 0) await phases.saveDigests(made);
  return count;
}

async function orUnreadable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isContextError(error)) return undefined;
    throw error;
  }
}
