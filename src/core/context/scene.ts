import type { ContentId } from "../files/content.ts";
import type { Digest } from "../files/digest.ts";
import type { Contents } from "../ports/contents.ts";
import type { Differ } from "../ports/differ.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import type { PresentFile } from "./gather.ts";
import type { ShownFile } from "./ledger/ledger.ts";
import type { GoneReason } from "./text/render.ts";
import type { TextRange } from "./text/excerpt.ts";

/** When a change is told as a diff. */
export interface DiffRules {
  /** A diff has at most this part of the tokens of the whole text, 0 to 1. */
  readonly largestShare: number;
  /** After so many diffs of one file in a row comes the whole text again. */
  readonly inARow: number;
}

/** All that a request is composed from, as it is at this moment. */
export interface Scene {
  readonly fence: string;
  /** Files that can be shown, in the order of the session. */
  readonly present: ReadonlyMap<string, PresentFile>;
  /** Why other session files cannot be shown. */
  readonly away: ReadonlyMap<string, GoneReason>;
  readonly digests: ReadonlyMap<ContentId, Digest>;
  /** Files that are only named or told in short when an epoch begins; see `restingFiles`. */
  readonly resting: ReadonlyMap<string, number>;
  /** Files that this request is about. */
  readonly uses: ReadonlySet<string>;
  /** Lines that speak of the question, of files that do not stand whole. */
  readonly excerpts: ReadonlyMap<string, readonly TextRange[]>;
  /** What a file is worth in a request; 1 for one of which nothing speaks. */
  readonly worth: ReadonlyMap<string, number>;
  readonly diffs: DiffRules;
  readonly newestFirst: boolean;
}

/** What composing asks of the outside. */
export interface ComposeParts {
  readonly contents: Contents;
  readonly tokens: TokenCounter;
  readonly differ: Differ;
}

/** A file as a block is about to show it. */
export function shownFile(
  { view: { file, content }, path, native }: PresentFile,
  representation: ShownFile["representation"],
): ShownFile {
  const { contentId, mediaType } = content;
  const shown = { id: file.id, path, contentId, representation };
  if (!native) return shown;
  const { source } = native;
  return {
    ...shown,
    native: { mediaType, ...(source.kind === "reference" && { id: source.id }) },
  };
}

/** True if a file stands as it is now, at the provider too. */
export function isUnchanged(shown: ShownFile, now: PresentFile): boolean {
  const { contentId, native } = shownFile(now, shown.representation);
  return shown.contentId === contentId && shown.native?.id === native?.id;
}
