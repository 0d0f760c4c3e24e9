import { isContextError } from "../errors.ts";
import type { Contents } from "../ports/contents.ts";
import type { Registry } from "../ports/registry.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import type { FileView } from "../session/session.ts";
import { isText, type Content } from "./content.ts";

export interface CountParts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly tokens: TokenCounter;
}

/** True if a file's tokens can be counted and were not. What has changed or gone is counted when it is taken again. */
export function isUncounted({ file, content }: FileView): boolean {
  return file.disk === "fresh" && isText(content) && content.tokens === undefined;
}

/** Every record makes all windows look again: so many counts go into one. */
const recordAtOnce = 32;

/**
 * Counts the tokens of those files' contents that were not counted yet, and records the counts. Contents that cannot be
 * read now are passed over: their file has changed or gone, and will be counted when it is taken again.
 */
export async function countMissingTokens(
  parts: CountParts,
  views: readonly FileView[],
  signal: AbortSignal,
): Promise<void> {
  const uncounted = new Map(
    views.filter(isUncounted).map((view) => [view.content.contentId, view]),
  );
  let counted: Content[] = [];
  for (const view of uncounted.values()) {
    const tokens = await countContent(parts, view, signal);
    if (tokens !== undefined) counted.push({ ...view.content, tokens });
    if (counted.length < recordAtOnce) continue;
    await parts.registry.saveContents(counted);
    counted = [];
  }
  if (counted.length > 0) await parts.registry.saveContents(counted);
}

async function countContent(
  parts: CountParts,
  { file, content }: FileView,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const bytes = await parts.contents.read(
      { contentId: content.contentId, uri: file.uri },
      signal,
    );
    return await parts.tokens.countUtf8(bytes, signal);
  } catch (error) {
    if (isContextError(error)) return undefined;
    throw error;
  }
}
