import type { Contents, ContentSource } from "../ports/contents.ts";
import type { Copies } from "../ports/copies.ts";

export interface CopyParts {
  readonly contents: Contents;
  readonly copies: Copies;
}

/**
 * Records that copies which `take` has just made are used. When this resolves, no window deletes them before their time; one that another window
 * deleted in between is taken again.
 */
export async function useCopies(
  { contents, copies }: CopyParts,
  sources: readonly ContentSource[],
  use: "upload" | "send",
  maxBytes: number,
): Promise<void> {
  if (sources.length === 0) return;
  const ids = sources.map(({ contentId }) => contentId);
  await copies.useCopies(ids, use);
  const kept = new Set(await contents.kept(ids));
  for (const { contentId, uri } of sources) {
    if (!kept.has(contentId)) await contents.take(uri, maxBytes);
  }
}
