import type { Extraction, FileBytes } from "../extraction.ts";
import { extractJson } from "../data/json.ts";
import { outputWords, outputsOf } from "./notebook-outputs.ts";
import type { Pause } from "../pause.ts";
import { isObject } from "../data/schema.ts";
import { readOrNot, sourceText } from "./source-text.ts";
import { counted, cut, inLines } from "../words.ts";

const largest = 64 * 1024 * 1024;
const lookedCells = 20_000;
const shownLines = 40;
const lineWidth = 80;

type Cell = Readonly<Record<string, unknown>>;

/** Kernel, cells, headings, first lines of code and kinds of output of a notebook; what is none is told as JSON. */
export async function extractNotebook(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  await pause();
  const text = sourceText(file, largest);
  const value = text === undefined ? undefined : readOrNot(() => JSON.parse(text) as unknown);
  if (!isObject(value)) return extractJson(file, pause);
  const cells = cellsOf(value);
  return cells ? extractionOf(file.extension ?? "ipynb", value, cells) : extractJson(file, pause);
}

/** The third version of the format keeps its cells in a list of worksheets. */
function cellsOf(notebook: Cell): readonly Cell[] | undefined {
  const { cells, worksheets } = notebook;
  const [sheet] = Array.isArray(worksheets) ? (worksheets as readonly unknown[]) : [];
  const list = cells ?? (isObject(sheet) ? sheet["cells"] : undefined);
  if (!Array.isArray(list)) return undefined;
  return list.filter((cell) => isObject(cell)).slice(0, lookedCells);
}

function extractionOf(type: string, notebook: Cell, cells: readonly Cell[]): Extraction {
  const { kernel, language } = kernelOf(notebook);
  const kinds = `${counted(cells.length, "cell")}: ${kindsOf(cells).join(", ")}`;
  const code = cells.filter((cell) => cell["cell_type"] === "code");
  const codeLines = code.reduce((sum, cell) => sum + linesOf(cell).length, 0);
  const outputs = outputWords(code.flatMap(outputsOf));
  const headings = cells.flatMap(headingsOf);
  const told = kernel ?? language;
  const head = [type, ...(told === undefined ? [] : [told])];
  head.push(kinds, counted(codeLines, "line") + " of code");
  const lines = outputs === undefined ? [] : [`outputs: ${outputs}`];
  return {
    extractor: "notebook",
    type,
    preview: headings.slice(0, shownLines),
    facts: [
      ...(language === undefined ? [] : [{ name: "language", value: language }]),
      ...(kernel === undefined ? [] : [{ name: "kernel", value: kernel }]),
      { name: "cells", value: kinds },
      { name: "lines of code", value: codeLines.toLocaleString("en-US") },
      { name: "outputs", value: outputs ?? "none" },
    ],
    text: inLines(head.join(", "), [...lines, ...outlineOf(cells)]),
  };
}

function kernelOf({ metadata }: Cell): {
  kernel: string | undefined;
  language: string | undefined;
} {
  const about = isObject(metadata) ? metadata : {};
  const spec = isObject(about["kernelspec"]) ? about["kernelspec"] : {};
  const info = isObject(about["language_info"]) ? about["language_info"] : {};
  return {
    kernel: word(spec["display_name"]) ?? word(spec["name"]),
    language: word(info["name"]) ?? word(spec["language"]),
  };
}

function word(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== ""
    ? cut(value.trim(), lineWidth)
    : undefined;
}

function kindsOf(cells: readonly Cell[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const kind = word(cell["cell_type"]) ?? "other";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count.toLocaleString("en-US")} ${kind}`);
}

function headingsOf(cell: Cell): readonly string[] {
  if (cell["cell_type"] === "heading") return linesOf(cell).slice(0, 1);
  if (cell["cell_type"] !== "markdown") return [];
  return linesOf(cell)
    .filter((line) => /^#{1,6}\s+\S/u.test(line))
    .map((line) => cut(line, lineWidth));
}

/** Headings, and of each code cell its first line and what it put out, in their order. */
function outlineOf(cells: readonly Cell[]): readonly string[] {
  const lines: string[] = [];
  for (const cell of cells) {
    if (lines.length > shownLines) break;
    lines.push(...headingsOf(cell));
    if (cell["cell_type"] !== "code") continue;
    const first = linesOf(cell)[0];
    if (first === undefined) continue;
    const kinds = [...new Set(outputsOf(cell).map(({ kind }) => kind))].join(", ");
    lines.push(`  ${cut(first.trim(), lineWidth)}${kinds === "" ? "" : ` → ${kinds}`}`);
  }
  return lines;
}

/** Lines that are not empty. */
function linesOf(cell: Cell): readonly string[] {
  const source = cell["source"] ?? cell["input"];
  const text = Array.isArray(source)
    ? source.filter((part) => typeof part === "string").join("")
    : source;
  if (typeof text !== "string") return [];
  return text.split(/\r?\n/u).filter((line) => line.trim() !== "");
}
