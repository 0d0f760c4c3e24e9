import type { DigestFact } from "../../core/files/digest.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { Prose } from "./prose.ts";
import { counted, cut, inLines, listed } from "../words.ts";

const previewLines = 5;
const previewWidth = 120;
/** Paragraphs in the text of a digest. */
const shownParagraphs = 12;
const factWidth = 300;

/** What is known of a document besides its text. */
export interface DocumentInfo {
  /** Kind in a word, for a file without an extension. */
  readonly type: string;
  /** By name, in the order a person asks for them: a number counts what the name, a plural in s, says. */
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  /** What a heading is in this kind of document, `heading` if it is nothing else. */
  readonly headingNoun?: "heading" | "slide" | "chapter" | "bookmark" | "mail" | undefined;
  /** Sentences about what is not in the digest. */
  readonly notes?: readonly string[] | undefined;
}

/** Reads the text of a document into `prose`: undefined if the file is not of its kind. Throws at a damaged one. */
export type DocumentReader = (
  file: FileBytes,
  pause: Pause,
  prose: Prose,
) => Promise<DocumentInfo | undefined>;

/** The digest of a document. */
export async function extractDocument(
  read: DocumentReader,
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const prose = new Prose(false);
  const info = await read(file, pause, prose);
  return info && extractionOf(file.extension ?? info.type, info, prose);
}

/** The text of a document, a line for each paragraph, at most 2 MB; undefined if the file is not of this kind. */
export async function textOfDocument(
  read: DocumentReader,
  file: FileBytes,
  pause: Pause,
): Promise<string | undefined> {
  const prose = new Prose(true);
  const info = await read(file, pause, prose);
  return info && prose.text;
}

function extractionOf(type: string, info: DocumentInfo, prose: Prose): Extraction {
  const { paragraphs, headings, headingCount } = prose;
  const head = [type];
  const lines: string[] = [];
  for (const [name, value] of Object.entries(info.facts)) {
    if (typeof value === "number") head.push(counted(value, name.slice(0, -1)));
    else if (value) lines.push(`${name}: ${cleanLine(value)}`);
  }
  if (headingCount > 0) lines.push(listed(headingCount, info.headingNoun ?? "heading", headings));
  lines.push(...(info.notes ?? []), ...paragraphs.slice(0, shownParagraphs));
  return {
    extractor: "document",
    type,
    preview: paragraphs.slice(0, previewLines).map((line) => cut(line, previewWidth)),
    facts: factsOf(info, prose),
    text: inLines(head.join(", "), lines),
  };
}

function factsOf(info: DocumentInfo, { headings, headingCount }: Prose): DigestFact[] {
  const noun = info.headingNoun ?? "heading";
  const all: Record<string, string | number | undefined> = { ...info.facts };
  if (headingCount > 0) {
    all[`${noun}s`] ??= headingCount;
    all["outline"] = headings.join("; ");
  }
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined || value === ""
      ? []
      : [{ name, value: typeof value === "number" ? String(value) : cleanLine(value) }],
  );
}

function cleanLine(value: string): string {
  return cut(value.replaceAll(/[\s\p{Cc}]+/gu, " ").trim(), factWidth);
}
