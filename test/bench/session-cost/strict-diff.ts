/** A hunk of a unified diff. Each line has its line break, unless the diff says that it has none. */
interface Hunk {
  /** Lines of the text before it. */
  readonly before: number;
  readonly olds: readonly string[];
  readonly news: readonly string[];
}

const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/u;

/**
 * The text after the hunks of a unified diff. Undefined unless they are hunks and nothing else, in order, and fit the text exactly where they say: there is
 * no search for a better place, and a line break more or less is a difference.
 */
export function applyStrictly(text: string, diff: string): string | undefined {
  const hunks = hunksOf(diff);
  if (!hunks || hunks.length === 0) return undefined;
  const lines = text === "" ? [] : text.split(/(?<=\n)/u);
  const result: string[] = [];
  let at = 0;
  for (const { before, olds, news } of hunks) {
    const end = before + olds.length;
    if (before < at || end > lines.length) return undefined;
    if (olds.some((line, index) => lines[before + index] !== line)) return undefined;
    result.push(...lines.slice(at, before), ...news);
    at = end;
  }
  result.push(...lines.slice(at));
  // A line without its break can only be the last one.
  return result.slice(0, -1).every((line) => line.endsWith("\n")) ? result.join("") : undefined;
}

function hunksOf(diff: string): readonly Hunk[] | undefined {
  const rows = rowsOf(diff);
  const hunks: Hunk[] = [];
  while (rows.length > 0) {
    const hunk = takeHunk(rows);
    if (!hunk) return undefined;
    hunks.push(hunk);
  }
  return hunks;
}

/** Each row with its line break, unless the row behind it says that its line has none. */
function rowsOf(diff: string): string[] {
  const rows: string[] = [];
  for (const row of diff.replace(/\n$/u, "").split("\n")) {
    rows.push(row.startsWith("\\") ? (rows.pop() ?? "").slice(0, -1) : `${row}\n`);
  }
  return rows;
}

/** Takes a hunk with as many lines as its header announces from the front of the rows. */
function takeHunk(rows: string[]): Hunk | undefined {
  const announced = announcedBy(rows.shift() ?? "");
  if (!announced) return undefined;
  const olds: string[] = [];
  const news: string[] = [];
  while (olds.length < announced.olds || news.length < announced.news) {
    if (!takeRow({ olds, news }, rows.shift() ?? "")) return undefined;
  }
  const isRight = olds.length === announced.olds && news.length === announced.news;
  return isRight ? { olds, news, before: announced.before } : undefined;
}

function announcedBy(row: string): { before: number; olds: number; news: number } | undefined {
  const found = header.exec(row);
  if (!found) return undefined;
  const olds = Number(found[2] ?? 1);
  const news = Number(found[3] ?? 1);
  // A hunk that removes nothing names the line that it stands behind.
  return { before: Number(found[1]) - Math.min(olds, 1), olds, news };
}

/** False for a row that is none of a hunk, such as the one behind the end. */
function takeRow(hunk: { olds: string[]; news: string[] }, row: string): boolean {
  // Some programs write an empty line without the space before it.
  const mark = row === "\n" ? " " : row.slice(0, 1);
  const line = row === "\n" ? row : row.slice(1);
  if (mark === "" || !" +-".includes(mark)) return false;
  if (mark !== "+") hunk.olds.push(line);
  if (mark !== "-") hunk.news.push(line);
  return true;
}
