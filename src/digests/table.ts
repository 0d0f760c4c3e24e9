import { CsvError, parse } from "csv-parse";
import { pipeline } from "node:stream/promises";
import { dialect, sniffDelimiter, type Delimiter } from "./csv-dialect.ts";
import type { Extraction, FileBytes } from "./extraction.ts";
import type { Pause } from "./pause.ts";
import { counted, cut, inLines, listed } from "./words.ts";

const previewRecords = 3;
const previewCells = 100;
const cellWidth = 80;
/** Columns that are named; a wider table has more than it names. */
const namedColumns = 1000;

/** Longest record, in characters, and longest line, in bytes: a longer one is hardly meant, and would take many times its size. */
const longestRecord = 4 * 1024 * 1024;
const chunkSize = 0x10000;

/** Columns, number of rows and first rows of delimited text; undefined if a quote is not closed, a record too long, or none there. */
export async function extractTable(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const { bytes, extension = "csv" } = file;
  if (hasLongLine(bytes)) return undefined;
  const delimiter = delimiterOf(file);
  // In tab-separated values a quote may be a character like any other: https://www.iana.org/assignments/media-types/text/tab-separated-values
  const read =
    (await readRecords(bytes, pause, { delimiter })) ??
    (delimiter === "\t" ? await readRecords(bytes, pause, { delimiter, quote: null }) : undefined);
  return read && extractionOf(extension, read);
}

function delimiterOf({ bytes, extension }: FileBytes): Delimiter {
  if (extension === "tsv" || extension === "tab") return "\t";
  return extension === "psv" ? "|" : sniffDelimiter(bytes);
}

/** A line lies in one record. Its characters are counted while parsing, but not its empty cells. */
function hasLongLine(bytes: Buffer): boolean {
  for (let start = 0; bytes.length - start > longestRecord;) {
    const part = bytes.subarray(start, start + longestRecord);
    const end = Math.max(part.lastIndexOf("\n"), part.lastIndexOf("\r"));
    if (end === -1) return true;
    start += end + 1;
  }
  return false;
}

type Cells = readonly string[];

/** What is kept of the records of a table, whether the first one is a header or not. */
interface Records {
  readonly first: readonly Cells[];
  readonly count: number;
  /** Records with another number of cells than the first. */
  readonly uneven: number;
}

interface Reading {
  readonly delimiter: Delimiter;
  readonly quote?: '"' | null;
}

async function readRecords(
  bytes: Buffer,
  pause: Pause,
  { delimiter, quote }: Reading,
): Promise<Records | undefined> {
  const first: Cells[] = [];
  let count = 0;
  let uneven = 0;
  const parser = parse({
    ...dialect(delimiter, quote),
    // A quote inside a cell stands for itself.
    relax_quotes: true,
    max_record_size: longestRecord,
    on_record(record: Cells): null {
      if (count++ <= previewRecords) first.push(record);
      if (record.length !== first[0]?.length) uneven++;
      // Otherwise an error would be made of each uneven record, only to be dropped: that takes most of the time.
      (parser.info as { records: number }).records = 0;
      return null;
    },
  });
  try {
    await pipeline(chunksOf(bytes, pause), parser.resume());
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
  return count === 0 ? undefined : { first, count, uneven };
}

async function* chunksOf(bytes: Buffer, pause: Pause): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += chunkSize) {
    await pause();
    yield bytes.subarray(start, start + chunkSize);
  }
}

function extractionOf(type: string, { first, count, uneven }: Records): Extraction {
  const [top = [], ...others] = first;
  const isHeader = !isAllNumbers(top);
  const columns = isHeader ? uniqueNames(top.slice(0, namedColumns)) : numberedNames(top);
  const rows = isHeader ? count - 1 : count;
  const shown = (isHeader ? others : first).slice(0, previewRecords).map(shownCells);
  const head = `${type}, ${counted(rows, "row")}, ${listed(top.length, "column", columns)}`;
  const note = `more or fewer cells than columns in ${counted(uneven, "row")}`;
  return {
    extractor: "table",
    type,
    columns,
    rows,
    preview: shown.map((cells) => recordOf(columns, cells)),
    text: inLines(head, [
      ...(uneven > 0 ? [note] : []),
      ...shown.map((cells) => cells.join(" | ")),
    ]),
  };
}

function shownCells(cells: Cells): Cells {
  return cells.slice(0, previewCells).map((cell) => cut(cell, cellWidth));
}

/** Not by assignment: a column may be named `__proto__`. */
function recordOf(columns: readonly string[], cells: Cells): Record<string, string> {
  return Object.fromEntries(
    cells.map((cell, index) => [columns[index] ?? numberedName(index), cell]),
  );
}

/** True for a record that is no header: numbers and empty cells, with a decimal point or comma. */
function isAllNumbers(cells: Cells): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  return filled.length > 0 && filled.every((cell) => number.test(cell));
}

const number: RegExp = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/iu;

function numberedNames(cells: Cells): readonly string[] {
  return cells.slice(0, namedColumns).map((_, index) => numberedName(index));
}

function numberedName(index: number): string {
  return `column ${index + 1}`;
}

/** The cells of a header, where a name that is missing or taken gets a number. */
function uniqueNames(cells: Cells): readonly string[] {
  const names = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const name = cut(cell.trim() === "" ? numberedName(index) : cell, cellWidth);
    let unique = name;
    for (let other = 2; names.has(unique); other++) unique = `${name} (${other})`;
    names.add(unique);
  }
  return [...names];
}
