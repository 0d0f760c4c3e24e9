import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { sourceText } from "./source-text.ts";
import { counted, cut, inLines } from "../words.ts";

const largest = 16 * 1024 * 1024;
const keptLines = 1000;
const shownLines = 40;
const lineWidth = 90;
/** Characters looked at of a line. */
const lookedWidth = 300;

/** What is known of a text with chunks of code. */
interface Chunks {
  lines: number;
  codeLines: number;
  chunks: number;
  title?: string;
  /** Chunks by language. */
  readonly languages: Map<string, number>;
  /** Headings and chunks in their order. */
  readonly outline: string[];
}

/** Title, headings and chunks of code of R Markdown and Quarto. */
export async function extractChunks(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  await pause();
  const text = sourceText(file, largest);
  if (text === undefined || text.trim() === "") return undefined;
  const lines = text.replace(/\r?\n$/u, "").split(/\r?\n/u);
  return extractionOf(file.extension ?? "rmd", read(lines), lines);
}

function read(lines: readonly string[]): Chunks {
  const all: Chunks = {
    lines: lines.length,
    codeLines: 0,
    chunks: 0,
    languages: new Map(),
    outline: [],
  };
  const metadataEnd = lines[0]?.trimEnd() === "---" ? lines.indexOf("---", 1) : -1;
  let fence: string | undefined;
  for (const [index, whole] of lines.entries()) {
    const line = whole.slice(0, lookedWidth);
    if (index <= metadataEnd) takeMetadata(all, line);
    else if (fence === undefined) fence = takeText(all, line);
    else if (line.trimEnd() === fence) fence = undefined;
    else all.codeLines++;
  }
  return all;
}

function takeMetadata(all: Chunks, line: string): void {
  const title = /^title:\s*(\S.*)$/u.exec(line)?.[1];
  if (title !== undefined) all.title ??= cut(title.replaceAll(/^["']|["']\s*$/gu, ""), lineWidth);
}

/** Returns what ends the block of code that begins here. */
function takeText(all: Chunks, line: string): string | undefined {
  const [, fence, language, label] =
    /^\s{0,3}(`{3,}|~{3,})(?:\s*\{(\w+)[ ,]*([^}]*)\})?/u.exec(line) ?? [];
  if (language !== undefined) {
    all.chunks++;
    all.languages.set(language, (all.languages.get(language) ?? 0) + 1);
    const words = label === undefined || label === "" ? language : `${language}, ${label}`;
    push(all, `  {${cut(words, lineWidth)}}`);
  } else if (fence === undefined && /^#{1,6}\s+\S/u.test(line)) push(all, cut(line, lineWidth));
  return fence;
}

function push({ outline }: Chunks, line: string): void {
  if (outline.length < keptLines) outline.push(line);
}

function extractionOf(type: string, all: Chunks, lines: readonly string[]): Extraction {
  const { title, codeLines } = all;
  const languages = [...all.languages].map(([language, count]) => `${count} ${language}`);
  const chunks = [counted(all.chunks, "chunk"), languages.join(", ")].filter(Boolean).join(": ");
  const head = [type, counted(all.lines, "line"), chunks, counted(codeLines, "line") + " of code"];
  const told = title === undefined ? [] : [`title: ${title}`];
  return {
    extractor: "chunks",
    type,
    preview: lines.slice(0, 5).map((line) => cut(line, 120)),
    facts: [
      ...(title === undefined ? [] : [{ name: "title", value: title }]),
      { name: "lines", value: all.lines.toLocaleString("en-US") },
      { name: "chunks", value: chunks },
      { name: "lines of code", value: codeLines.toLocaleString("en-US") },
    ],
    text: inLines(head.join(", "), [...told, ...all.outline.slice(0, shownLines)]),
  };
}
