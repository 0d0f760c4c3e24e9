import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";
import { rtfTokens, type RtfToken } from "./rtf-tokens.ts";
import { decode } from "./text-encoding.ts";

const mark = Buffer.from(String.raw`{\rtf`);
const chunkTokens = 2000;
const deepest = 10_000;
/** Groups whose text does not stand on the pages, or in their margins alone. */
const silent = new Set(
  (
    "* fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator info pict object header headerl headerr headerf footer footerl " +
    "footerr footerf xmlnstbl themedata colorschememapping latentstyles datastore fldinst filetbl nonshppict"
  ).split(" "),
);
const characters: Readonly<Record<string, string>> = {
  tab: " ",
  line: " ",
  cell: " ",
  "~": "\u00A0",
  _: "-",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
};
const paragraphEnds = new Set(["par", "row", "sect", "page", "\n", "\r"]);
/** What there is no name `windows-…` for. */
const codePages: Readonly<Record<number, string>> = {
  866: "ibm866",
  874: "windows-874",
  932: "shift_jis",
  936: "gbk",
  949: "euc-kr",
  950: "big5",
  10_000: "macintosh",
  65_001: "utf-8",
};

/** Title, author, words and first text of a rich text; undefined if it is none. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  if (!file.read(0, mark.length).equals(mark)) return undefined;
  const walk = new Walk(prose);
  let count = 0;
  for (const token of rtfTokens(file.bytes)) {
    if (count++ % chunkTokens === 0) await pause();
    walk.take(token);
  }
  walk.endParagraph();
  const { title, author } = walk.info;
  return { type: "rtf", facts: { title, author, words: prose.words } };
};

interface Group {
  isSilent: boolean;
  /** The group in `info` whose text is wanted. */
  field: "title" | "author" | undefined;
  /** Characters that stand after a `\u` for who does not know it. */
  fallback: number;
}

/** The groups and words, one by one. */
class Walk {
  readonly info: Record<"title" | "author", string> = { title: "", author: "" };
  readonly #prose: Prose;
  readonly #groups: Group[] = [];
  #group: Group = { isSilent: false, field: undefined, fallback: 1 };
  #encoding = "windows-1252";
  /** Bytes of one character may come one by one. */
  #bytes: Buffer[] = [];
  #line = "";
  #skip = 0;

  constructor(prose: Prose) {
    this.#prose = prose;
  }

  take(token: RtfToken): void {
    if (token.kind === "bytes") this.#takeBytes(token.bytes);
    else {
      this.#flush();
      if (token.kind === "word") this.#takeWord(token.word, token.value);
      else this.#takeBracket(token.kind);
    }
  }

  endParagraph(): void {
    this.#flush();
    this.#prose.add(this.#line);
    this.#line = "";
  }

  #takeBracket(kind: "open" | "close"): void {
    this.#skip = 0;
    if (kind === "close") this.#group = this.#groups.pop() ?? this.#group;
    else if (this.#groups.length > deepest) throw new Error("the groups are nested too deeply");
    else {
      this.#groups.push(this.#group);
      this.#group = { ...this.#group };
    }
  }

  #takeBytes(bytes: Buffer): void {
    const skipped = Math.min(this.#skip, bytes.length);
    this.#skip -= skipped;
    this.#bytes.push(bytes.subarray(skipped));
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    const bytes = Buffer.concat(this.#bytes);
    this.#bytes = [];
    this.#write(decode(bytes, this.#encoding));
  }

  #write(text: string): void {
    const { field, isSilent } = this.#group;
    if (field !== undefined) this.info[field] += text;
    else if (!isSilent) this.#line += text;
  }

  #takeWord(word: string, value: number | undefined): void {
    const character = characters[word];
    if (character !== undefined) this.#write(character);
    else if (paragraphEnds.has(word)) this.#endLine();
    else if (silent.has(word)) this.#group.isSilent = true;
    else if (word === "title" || word === "author") this.#group.field = word;
    else if (value !== undefined) this.#takeNumber(word, value);
  }

  #endLine(): void {
    if (!this.#group.isSilent) this.endParagraph();
  }

  #takeNumber(word: string, value: number): void {
    if (word === "uc") this.#group.fallback = Math.max(0, value);
    else if (word === "ansicpg") this.#encoding = codePages[value] ?? `windows-${value}`;
    else if (word === "u") {
      this.#write(String.fromCharCode(value));
      this.#skip = this.#group.fallback;
    }
  }
}
