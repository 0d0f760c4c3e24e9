import { isContextError } from "../errors.ts";
import type { Contents } from "../ports/contents.ts";
import type { Digester } from "../ports/digester.ts";
import type { Phases } from "../ports/phases.ts";
import { nameOf, type FileView } from "../session/session.ts";
import type { Digest } from "./digest.ts";

export interface DigestParts {
  readonly phases: Phases;
  readonly contents: Contents;
  readonly digester: Digester;
}

/** Every record makes all windows look again: so many digests go into one. */
const recordAtOnce = 16;

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
  const known = await phases.digests([...byContent.keys()]);
  for (const { contentId, version } of known) {
    if (version === digester.version) byContent.delete(contentId);
  }
  let made: Digest[] = [];
  let count = 0;
  for (const [contentId, { file }] of byContent) {
    const digest = await orUnreadable(async () => {
      const bytes = await contents.read({ contentId, uri: file.uri }, signal);
      return digester.digest({ contentId, name: nameOf(file.uri), bytes }, signal);
    });
    if (!digest) continue;
    made.push(digest);
    count++;
    if (made.length < recordAtOnce) continue;
    await phases.saveDigests(made);
    made = [];
  }
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
