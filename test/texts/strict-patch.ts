/** Applies hunks exactly where they say, without any tolerance. Throws on whatever is not as the hunks say. */
export function applyStrictly(before: string, hunks: string): string {
  const old = new Lines(before);
  const result: string[] = [];
  for (const hunk of hunksOf(hunks)) {
    if (hunk.oldStart < old.taken) throw new Error("hunks overlap or are out of order");
    while (old.taken < hunk.oldStart) result.push(old.take());
    if (hunk.newStart !== result.length) throw new Error(`starts at ${result.length}`);
    applyHunk(hunk, old, result);
  }
  while (old.next !== undefined) result.push(old.take());
  const broken = result.slice(0, -1).find((line) => !line.endsWith("\n"));
  if (broken !== undefined) throw new Error(`a line break is missing after ${broken}`);
  return result.join("");
}

function applyHunk(hunk: Hunk, old: Lines, result: string[]): void {
  for (const { sign, line } of hunk.lines) {
    if (sign !== "+" && old.take() !== line) throw new Error(`not so: ${line}`);
    if (sign !== "-") result.push(line);
  }
}

/** Lines with their line breaks. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => `${line}\n`);
  const last = (lines.pop() as string).slice(0, -1);
  return last === "" ? lines : [...lines, last];
}

export interface Hunk {
  /** Lines before the hunk. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly { readonly sign: string; readonly line: string }[];
}

export function hunksOf(text: string): Hunk[] {
  const rows = new Lines(text);
  const hunks: Hunk[] = [];
  while (rows.next !== undefined) hunks.push(nextHunk(rows));
  return hunks;
}

function nextHunk(rows: Lines): Hunk {
  const header = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$/u.exec(rows.take());
  if (!header) throw new Error("no header of a hunk");
  const [oldStart, oldCount, newStart, newCount] = header.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const lines: { sign: string; line: string }[] = [];
  let [old, fresh] = [0, 0];
  while (old < oldCount || fresh < newCount) {
    const line = nextLine(rows);
    if (line.sign !== "+") old++;
    if (line.sign !== "-") fresh++;
    lines.push(line);
  }
  if (old > oldCount || fresh > newCount) throw new Error("more lines than told");
  // A side without lines is told by the line before it.
  return {
    oldStart: oldCount === 0 ? oldStart : oldStart - 1,
    newStart: newCount === 0 ? newStart : newStart - 1,
    lines,
  };
}

function nextLine(rows: Lines): { sign: string; line: string } {
  const [sign, line] = [rows.next?.charAt(0) ?? "", rows.take().slice(1)];
  if (!["+", "-", " "].includes(sign)) throw new Error(`no line of a hunk: ${sign}${line}`);
  if (rows.next !== "\\ No newline at end of file\n") return { sign, line };
  rows.take();
  return { sign, line: line.slice(0, -1) };
}

/** Reads a text line by line. */
class Lines {
  readonly #lines: readonly string[];
  taken = 0;

  constructor(text: string) {
    this.#lines = linesOf(text);
  }

  get next(): string | undefined {
    return this.#lines[this.taken];
  }

  take(): string {
    const line = this.next;
    if (line === undefined) throw new Error("there are no more lines");
    this.taken++;
    return line;
  }
}
