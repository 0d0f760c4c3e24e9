/** Applies the hunks of a unified diff as strictly as its definition allows: nothing is searched for, nothing is forgiven. */

const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/u;
const noBreak = "\\ No newline at end of file";

interface Row {
  readonly sign: string;
  /** With its line break, unless it is said that it has none. */
  readonly line: string;
}

interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly rows: Row[];
  /** Lines that its header announces and that have not come yet. */
  olds: number;
  news: number;
}

/** The text after the hunks. Throws where they do not fit exactly. */
export function patched(before: string, hunks: string): string {
  const lines = linesOf(before);
  const out: string[] = [];
  let at = 0;
  for (const hunk of hunksOf(hunks)) {
    const from = linesBefore(hunk.oldStart, hunk.oldCount);
    if (from < at || from > lines.length) throw new Error(`no line ${hunk.oldStart}`);
    out.push(...lines.slice(at, from));
    at = from;
    if (out.length !== linesBefore(hunk.newStart, hunk.newCount))
      throw new Error(`the hunk leads to line ${out.length}`);
    for (const { sign, line } of hunk.rows) {
      if (sign !== "+" && lines[at++] !== line) throw new Error(`line ${at} is not ${line}`);
      if (sign !== "-") out.push(line);
    }
  }
  out.push(...lines.slice(at));
  const torn = out.slice(0, -1).find((line) => !line.endsWith("\n"));
  if (torn !== undefined) throw new Error(`a line without a break is not the last: ${torn}`);
  return out.join("");
}

/** How many lines stand before a hunk. One without lines names the line before it. */
function linesBefore(start: number, count: number): number {
  return count === 0 ? start : start - 1;
}

/** Lines with their breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

function hunksOf(text: string): readonly Hunk[] {
  const rows = text.replace(/\n$/u, "").split("\n");
  const hunks: Hunk[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? "";
    const hunk = hunks.at(-1);
    if (hunk && !isFull(hunk)) {
      const isTorn = rows[at + 1] === noBreak;
      take(hunk, { sign: signOf(row), line: row.slice(1) + (isTorn ? "" : "\n") });
      if (isTorn) at++;
    } else hunks.push(begun(row));
  }
  const open = hunks.find((hunk) => !isFull(hunk));
  if (open) throw new Error("a hunk is shorter than its header says");
  return hunks;
}

function begun(row: string): Hunk {
  const found = header.exec(row);
  if (!found) throw new Error(`not a header: ${row}`);
  const [, oldStart, oldCount = "1", newStart, newCount = "1"] = found;
  return {
    oldStart: Number(oldStart),
    oldCount: Number(oldCount),
    newStart: Number(newStart),
    newCount: Number(newCount),
    rows: [],
    olds: Number(oldCount),
    news: Number(newCount),
  };
}

function take(hunk: Hunk, row: Row): void {
  hunk.rows.push(row);
  if (row.sign !== "+") hunk.olds--;
  if (row.sign !== "-") hunk.news--;
  if (hunk.olds < 0 || hunk.news < 0) throw new Error("a hunk is longer than its header says");
}

function isFull({ olds, news }: Hunk): boolean {
  return olds === 0 && news === 0;
}

function signOf(row: string): string {
  const sign = row.slice(0, 1);
  if (sign !== " " && sign !== "+" && sign !== "-") throw new Error(`not a row of a hunk: ${row}`);
  return sign;
}
