import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";

/** Bytes that are read. */
const largestText = 50_000_000;
/** Lines between two pauses, as long as they are short. */
const chunkLines = 500;
const longestLine = 100_000;
const frontMatter = /^---[ \t]*\r?\n(?:.{0,1000}\n){0,200}?---[ \t]*(?:\r?\n|$)/u;
const fence = /^ {0,3}(`{3,}|~{3,})/u;
const hashes = /^ {0,3}#{1,6}[ \t]+(.*)$/u;
const underline = /^ {0,3}(=+|-+)[ \t]*$/u;

/** Headings and words of Markdown, which is in UTF-8. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** The text with its marks. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const text = new TextDecoder().decode(file.read(0, largestText));
  const outline = new Outline(prose, frontMatter.test(text));
  const lines = linesOf(text);
  let count = 0;
  for (const line of lines) {
    if (count++ % chunkLines === 0) await pause();
    outline.add(line);
  }
  return { type: "md", facts: { lines: count, words: prose.words, title: outline.title } };
};

/** One by one, as a list of all of them would take much memory. A line that is very long comes in pieces. */
function* linesOf(text: string): Generator<string, void> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    for (let at = start; at < end || at === start; at += longestLine)
      yield text.slice(at, Math.min(end, at + longestLine));
    start = end + 1;
  }
}

/** Headings outside blocks of code, as CommonMark has them. 4.2, 4.3 and 4.5. */
class Outline {
  title: string | undefined;
  readonly #prose: Prose;
  #lines = 0;
  /** Ends a block of code. */
  #fence: string | undefined;
  #isFrontMatter: boolean;
  #paragraph = "";

  constructor(prose: Prose, hasFrontMatter: boolean) {
    this.#prose = prose;
    this.#isFrontMatter = hasFrontMatter;
  }

  add(line: string): void {
    const isFirst = this.#lines++ === 0;
    if (this.#isFrontMatter) this.#inFrontMatter(line, isFirst);
    else if (this.#fence !== undefined || fence.test(line)) this.#inCode(line);
    else this.#inText(line);
  }

  #inFrontMatter(line: string, isFirst: boolean): void {
    this.#prose.add(line);
    this.#isFrontMatter = isFirst || line.trimEnd() !== "---";
    this.title ??= /^title:\s*["']?([^"']{1,200})/u.exec(line)?.[1]?.trim();
  }

  #inCode(line: string): void {
    this.#prose.add(line);
    this.#paragraph = "";
    const mark = fence.exec(line)?.[1];
    if (this.#fence === undefined) this.#fence = mark;
    else if (mark?.startsWith(this.#fence) && line.trim() === mark) this.#fence = undefined;
  }

  #inText(line: string): void {
    const heading = hashes.exec(line)?.[1] ?? (underline.test(line) ? this.#paragraph : "");
    this.#prose.add(line);
    this.#paragraph = heading === "" ? line.trim() : "";
    if (heading === "") return;
    const name = withoutClosing(heading);
    this.#prose.nameHeading(name);
    this.title ??= name;
  }
}

/** Hashes may close a heading, too. */
function withoutClosing(heading: string): string {
  let end = heading.trimEnd().length;
  const full = end;
  while (heading[end - 1] === "#") end--;
  return end < full && (end === 0 || /\s/u.test(heading[end - 1] ?? ""))
    ? heading.slice(0, end).trim()
    : heading.trim();
}
