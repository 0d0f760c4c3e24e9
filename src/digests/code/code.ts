import { parseSymbols } from "./code-grammars.ts";
import type { Language } from "./code-language.ts";
import { languageOf } from "./code-languages.ts";
import { type CodeLines, countLines } from "./code-lines.ts";
import { type CodeSymbol, kindCounts, outlineOf } from "./code-outline.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { sourceText } from "./source-text.ts";
import { counted, cut, inLines } from "../words.ts";

const largest = 32 * 1024 * 1024;
const previewLines = 5;
const previewWidth = 120;
/** Characters in which the first lines are looked for. */
const previewSource = 10_000;

/** What was found in the source. */
interface Found {
  readonly lines: CodeLines;
  readonly symbols: readonly CodeSymbol[];
  readonly isCut: boolean;
}

/** Language, lines and outline of source code; undefined if it is empty, or very large. */
export async function extractCode(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const language = languageOf(file.extension);
  const text = sourceText(file, largest);
  if (!language || text === undefined || text.trim() === "") return undefined;
  const lines = await countLines(text, language, pause);
  const { symbols, isCut } = await symbolsOf(text, language, lines, pause);
  return extractionOf(file.extension ?? "", text, language, { lines, symbols, isCut });
}

async function symbolsOf(
  text: string,
  { grammar }: Language,
  lines: CodeLines,
  pause: Pause,
): Promise<Omit<Found, "lines">> {
  if (grammar === undefined) return { symbols: lines.symbols, isCut: false };
  await pause();
  return parseSymbols(text, grammar);
}

function extractionOf(
  type: string,
  text: string,
  { name }: Language,
  { lines, symbols, isCut }: Found,
): Extraction {
  const code = lines.all - lines.empty - lines.comments;
  const counts = kindCounts(symbols);
  const head = [type, name, counted(lines.all, "line"), `${code.toLocaleString("en-US")} of code`];
  if (lines.comments > 0) head.push(`${lines.comments.toLocaleString("en-US")} of comments`);
  head.push(...counts);
  const outline = outlineOf(symbols);
  return {
    extractor: "code",
    type,
    preview: firstLines(text),
    facts: [
      { name: "language", value: name },
      { name: "lines", value: lines.all.toLocaleString("en-US") },
      { name: "lines of code", value: code.toLocaleString("en-US") },
      { name: "lines of comments", value: lines.comments.toLocaleString("en-US") },
      ...(counts.length === 0 ? [] : [{ name: "symbols", value: counts.join(", ") }]),
    ],
    text: inLines(
      head.join(", "),
      isCut ? ["large: not all of its symbols were looked at", ...outline] : outline,
    ),
  };
}

function firstLines(text: string): readonly string[] {
  const lines = text.slice(0, previewSource).split(/\r?\n/u);
  return lines.slice(0, previewLines).map((line) => cut(line, previewWidth));
}
