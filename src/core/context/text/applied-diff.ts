import type { LoggedMessage } from "../ledger/conversation.ts";

/** Where the hunks of a diff stand: the message, and where they start and end in its text. */
export type HunkSpan = readonly [place: number, start: number, end: number];

/**
 * Finds a unified diff in an answer of the model that turns `before` into `after`, byte for byte: what the model wrote itself need not be told to it again. Only answers
 * behind the message `since`, where the file was shown last, are looked at.
 */
export function appliedDiff(
  log: readonly LoggedMessage[],
  { path, since, fence }: { readonly path: string; readonly since: number; readonly fence: string },
  { before, after }: { readonly before: string; readonly after: string },
): HunkSpan | undefined {
  // Without a line break at the end a diff says more than its lines; a text that holds the fence stands in the log in other words.
  if (!before.endsWith("\n") || !after.endsWith("\n") || after.includes(fence)) return undefined;
  for (let place = log.length - 1; place > since; place--) {
    const message = log[place];
    if (message?.role !== "assistant") continue;
    const text = message.blocks.map((block) => block.text).join("\n\n");
    if (text.includes(fence)) continue;
    for (const [start, end] of diffsOf(text, path)) {
      if (applied(before, text.slice(start, end)) === after) return [place, start, end];
    }
  }
  return undefined;
}

/** Where the hunks of diffs of a file stand in a text: behind a line `+++ b/<path>`, up to the first line that no hunk holds. */
function diffsOf(text: string, path: string): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let seen = 0;
  for (const { 1: header = "", 0: line, index } of text.matchAll(/^\+\+\+ ([^\n]*)\n/gmu)) {
    const name = header.replace(/\t[^\n]*$/u, "").replace(/^b\//u, "");
    // A line of a hunk may look like a header.
    if (index < seen || name.trim() !== path) continue;
    const start = index + line.length;
    seen = hunksEnd(text, start);
    found.push([start, seen]);
  }
  return found;
}

/** The end of the hunks that start at `start`, by the lines that their headers announce. */
function hunksEnd(text: string, start: number): number {
  let at = start;
  let left: Left = { olds: 0, news: 0 };
  while (at < text.length) {
    const lineEnd = text.indexOf("\n", at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const line = text.slice(at, end);
    const header = isOver(left) ? headerOf(line) : undefined;
    if (header) left = header;
    else if (isOver(left)) return at;
    else left = without(left, line);
    at = Math.min(text.length, end + 1);
  }
  return at;
}

/** The text after the hunks; undefined where one does not fit exactly. A missing line break at the end is left to a diff of our own. */
function applied(before: string, hunks: string): string | undefined {
  const lines = before.split("\n");
  const out: string[] = [];
  let at = 0;
  let left: Left = { olds: 0, news: 0 };
  for (const row of hunks.replace(/\n$/u, "").split("\n")) {
    const header = isOver(left) ? headerOf(row) : undefined;
    if (header && header.from >= at && header.from <= lines.length) {
      out.push(...lines.slice(at, header.from));
      at = header.from;
      left = header;
    } else if (fits(row, left, lines[at])) {
      if (!row.startsWith("+")) at++;
      if (!row.startsWith("-")) out.push(row.slice(1));
      left = without(left, row);
    } else return undefined;
  }
  return isOver(left) ? [...out, ...lines.slice(at)].join("\n") : undefined;
}

/** True if a line of a hunk may stand where `line` stands in the text. */
function fits(row: string, left: Left, line: string | undefined): boolean {
  if (isOver(left) || row.startsWith("\\")) return false;
  return row.startsWith("+") || row.slice(1) === line;
}

/** Lines of a hunk that are still to come. */
interface Left {
  readonly olds: number;
  readonly news: number;
}

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/u;

/** The lines that a header announces, and how many stand in front of them; undefined for another line. */
function headerOf(line: string): (Left & { readonly from: number }) | undefined {
  const header = hunkHeader.exec(line);
  if (!header) return undefined;
  const [, start, olds = "1", , news = "1"] = header;
  const from = Number(start) - (Number(olds) > 0 ? 1 : 0);
  return { from, olds: Number(olds), news: Number(news) };
}

function without({ olds, news }: Left, line: string): Left {
  return {
    olds: olds - (line.startsWith("+") ? 0 : 1),
    news: news - (line.startsWith("-") ? 0 : 1),
  };
}

function isOver({ olds, news }: Left): boolean {
  return olds <= 0 && news <= 0;
}
