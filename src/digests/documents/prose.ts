/** Bytes of the text of one document, as UTF-8. */
const longestText = 2_000_000;
/** Of a digest. */
const shortText = 8000;
const namedHeadings = 100;
const longestHeading = 200;
const aWord = /[\p{L}\p{N}]/u;

/** The text of a document, paragraph by paragraph: the first part is kept, all of it is counted. */
export class Prose {
  readonly paragraphs: string[] = [];
  /** The first ones; there may be more. */
  readonly headings: string[] = [];
  headingCount = 0;
  /** What stands between white space, and has a letter or a digit. */
  words = 0;
  #left: number;

  /** `isWhole` is true if all the text is wanted, false for what a digest needs. */
  constructor(isWhole: boolean) {
    this.#left = isWhole ? longestText : shortText;
  }

  /** True if no more text will be kept. */
  get isFull(): boolean {
    return this.#left === 0;
  }

  /** The text that was kept. */
  get text(): string {
    return this.paragraphs.join("\n");
  }

  /** Adds a paragraph; nothing if it has only white space. */
  add(paragraph: string): void {
    const words = paragraph.split(/\s+/u).filter((word) => word !== "");
    if (words.length === 0) return;
    for (const word of words) if (aWord.test(word)) this.words++;
    if (!this.isFull) this.#keep(words.join(" "));
  }

  /** Adds a paragraph that is a heading. */
  addHeading(heading: string): void {
    this.add(heading);
    this.nameHeading(heading);
  }

  /** Adds a heading that is not in the text. */
  nameHeading(heading: string): void {
    const name = heading.slice(0, longestHeading).replaceAll(/\s+/gu, " ").trim().toWellFormed();
    if (name === "") return;
    this.headingCount++;
    if (this.headings.length < namedHeadings) this.headings.push(name);
  }

  #keep(paragraph: string): void {
    const line = paragraph.toWellFormed();
    const size = Buffer.byteLength(line) + 1;
    this.paragraphs.push(size <= this.#left ? line : cutBytes(line, this.#left));
    this.#left = Math.max(0, this.#left - size);
  }
}

/** At most this many bytes of UTF-8, cut between characters. */
function cutBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  // A byte of this kind continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
