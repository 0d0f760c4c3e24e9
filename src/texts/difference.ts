import { formatPatch, OMIT_HEADERS, structuredPatch, type StructuredPatchHunk } from "diff";

/** Lines around a change. */
const context = 1;
/**
 * Bounds the work, which grows with the lines that differ times those of the shorter text. A number of steps and not a time, so that every machine gives the
 * same answer: some 200 ms on a slow one.
 */
const mostSteps = 1_500_000;
/** Lines that may always differ. */
const fewEdits = 1500;
/** Ends what the steps do not bound: comparing very long lines that are nearly equal. */
const timeout = 1000;

/** The hunks that turn `before` into `after`, as `Differ` describes them; undefined beyond its limits. Equal texts have none. */
export function difference(before: string, after: string): string | undefined {
  if (before === after) return "";
  const { start, end } = changedPart(before, after);
  const [older, newer] = [before.slice(start, end.before), after.slice(start, end.after)];
  const shorter = Math.min(breaksIn(older), breaksIn(newer)) + 1;
  const maxEditLength = Math.max(fewEdits, Math.floor(mostSteps / shorter));
  const patch = structuredPatch("", "", older, newer, "", "", { context, maxEditLength, timeout });
  if (!patch) return undefined;
  const skipped = breaksIn(before.slice(0, start));
  const hunks = patch.hunks.map((hunk) => {
    const { oldStart, newStart } = hunk;
    return anchored({ ...hunk, oldStart: oldStart + skipped, newStart: newStart + skipped });
  });
  return formatPatch({ ...patch, hunks }, OMIT_HEADERS);
}

/** Lines that are removed say themselves where a hunk belongs: then no line around them is told. */
function anchored(hunk: StructuredPatchHunk): StructuredPatchHunk {
  const { lines } = hunk;
  if (lines.some((line) => line.startsWith("\\"))) return hunk;
  const before = lines[0]?.startsWith(" ") === true && lines[1]?.startsWith("-") === true ? 1 : 0;
  const left = lines.slice(before);
  const isAnchored = left.slice(0, -1).some((line) => !line.startsWith("+"));
  const after = isAnchored && left.at(-1)?.startsWith(" ") === true ? 1 : 0;
  return {
    oldStart: hunk.oldStart + before,
    oldLines: hunk.oldLines - before - after,
    newStart: hunk.newStart + before,
    newLines: hunk.newLines - before - after,
    lines: left.slice(0, left.length - after),
  };
}

/** Where the lines between the common lines at both ends start and end. */
interface ChangedPart {
  readonly start: number;
  readonly end: { readonly before: number; readonly after: number };
}

/** Leaves a line of context at both ends. A text that has grown at one place is compared at once, however long it is. */
function changedPart(before: string, after: string): ChangedPart {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before.charCodeAt(same) === after.charCodeAt(same)) same++;
  const start = lineStart(before, same);
  let rest = 0;
  while (rest < shorter - start && isSameFromEnd(before, after, rest + 1)) rest++;
  const lineBreak = before.indexOf("\n", before.length - rest);
  const contextEnd = lineBreak < 0 ? -1 : before.indexOf("\n", lineBreak + 1);
  const kept = contextEnd < 0 ? 0 : before.length - contextEnd - 1;
  return {
    start: start === 0 ? 0 : lineStart(before, start - 1),
    end: { before: before.length - kept, after: after.length - kept },
  };
}

function isSameFromEnd(one: string, other: string, distance: number): boolean {
  return one.charCodeAt(one.length - distance) === other.charCodeAt(other.length - distance);
}

/** Start of the line that holds the character at `index`. */
function lineStart(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf("\n", index - 1) + 1;
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
