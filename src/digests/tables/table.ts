import { ColumnCells } from "./column-cells.ts";
import { sniffDelimiter, type Delimiter } from "./csv-dialect.ts";
import { CsvScanner } from "./csv-scanner.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import {
  columnNames,
  isAllNumbers,
  previewRecords,
  profiledColumns,
  recordOf,
  shownCells,
  typesLine,
  type Cells,
} from "./table-columns.ts";
import { counted, inLines, listed } from "../words.ts";

/** Longest record, in characters: a longer one is hardly meant, and would take many times its size. */
const longestRecord = 4 * 1024 * 1024;
const chunkSize = 0x20000;
/** Bytes that the delimiter is found by. */
const sniffedBytes = 0x10001;
const knownCells = 1000;
const delimiterNames: Readonly<Record<Delimiter, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "bar",
};

/** Columns, number of rows and first rows of delimited text; undefined if a quote is not closed, a record too long, or none there. */
export async function extractTable(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const delimiter = delimiterOf(file);
  // In tab-separated values a quote may be a character like any other: https://www.iana.org/assignments/media-types/text/tab-separated-values
  const records =
    (await readRecords(file, pause, new CsvScanner(delimiter, true))) ??
    (delimiter === "\t"
      ? await readRecords(file, pause, new CsvScanner(delimiter, false))
      : undefined);
  return records && extractionOf(file.extension ?? "csv", delimiter, records);
}

function delimiterOf(file: FileBytes): Delimiter {
  const { extension } = file;
  if (extension === "tsv" || extension === "tab") return "\t";
  return extension === "psv" ? "|" : sniffDelimiter(file.read(0, sniffedBytes));
}

async function readRecords(
  file: FileBytes,
  pause: Pause,
  scanner: CsvScanner,
): Promise<Records | undefined> {
  const records = new Records(scanner);
  let rest = "";
  // A chunk without the end of a record is looked at again with the next one, which is as long as both.
  for (let start = 0, size = chunkSize; start < file.size;) {
    await pause();
    const bytes = wholeCharacters(file.read(start, start + size), start + size < file.size);
    if (bytes.length === 0) break;
    const text = rest + bytes.toString("utf8", start === 0 ? markLength(bytes) : 0);
    start += bytes.length;
    rest = records.take(text, start < file.size);
    if (rest.length > longestRecord) return undefined;
    size = Math.max(chunkSize, rest.length);
  }
  return scanner.isOpen || records.count === 0 ? undefined : records;
}

/** The bytes without a character at their end that goes on after them. */
function wholeCharacters(bytes: Buffer, follows: boolean): Buffer {
  let end = bytes.length;
  if (follows) while (end > bytes.length - 4 && ((bytes[end] ?? 0x80) & 0xc0) === 0x80) end--;
  return end <= 0 ? bytes : bytes.subarray(0, end);
}

function markLength(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** What is kept of the records of a table, whether the first one is a header or not. */
class Records {
  readonly first: Cells[] = [];
  count = 0;
  /** Records with another number of cells than the first. */
  uneven = 0;
  width = 0;
  isHeader = false;
  readonly columns: ColumnCells[] = [];
  readonly #scanner: CsvScanner;

  constructor(scanner: CsvScanner) {
    this.#scanner = scanner;
  }

  get rows(): number {
    return this.isHeader ? this.count - 1 : this.count;
  }

  /** Takes all records of the text but one that goes on after it: that is returned. */
  take(text: string, follows: boolean): string {
    let at = 0;
    for (;;) {
      const end = this.#scanner.next(text, at, follows);
      if (end === undefined || end - at > longestRecord) break;
      this.#takeRecord();
      at = end;
    }
    for (const column of this.columns) column.settle();
    return text.slice(at);
  }

  #takeRecord(): void {
    const scanner = this.#scanner;
    if (this.count++ <= previewRecords) this.#keepRecord();
    if (scanner.width !== this.width) this.uneven++;
    if (this.count === 1 && this.isHeader) return;
    for (let index = 0; index < this.columns.length; index++)
      this.columns[index]?.add(scanner.cell(index));
  }

  #keepRecord(): void {
    const { width } = this.#scanner;
    const length = Math.min(width, knownCells);
    // Copied: a part of a text keeps all of it in memory.
    const cells = Array.from({ length }, (_, index) =>
      Buffer.from(this.#scanner.cell(index).slice(0, knownCells)).toString(),
    );
    this.first.push(cells);
    if (this.count > 1) return;
    this.width = width;
    this.isHeader = !isAllNumbers(cells);
    for (let index = 0; index < Math.min(width, profiledColumns); index++)
      this.columns.push(new ColumnCells());
  }
}

function extractionOf(type: string, delimiter: Delimiter, records: Records): Extraction {
  const { first, rows, width, isHeader, uneven } = records;
  const [top = [], ...others] = first;
  const columns = columnNames(top, isHeader);
  const shown = (isHeader ? others : first).slice(0, previewRecords).map(shownCells);
  const head = `${type}, ${counted(rows, "row")}, ${listed(width, "column", columns)}`;
  const note = `more or fewer cells than columns in ${counted(uneven, "row")}`;
  const profile = records.columns.map((cells, index) => cells.profile(columns[index] ?? "", rows));
  const more = width > profile.length ? ` of the first ${profile.length} columns` : "";
  return {
    extractor: "table",
    type,
    columns,
    rows,
    preview: shown.map((cells) => recordOf(columns, cells)),
    facts: [
      { name: "rows", value: rows.toLocaleString("en-US") },
      { name: "columns", value: width.toLocaleString("en-US") },
      {
        name: "rows counted",
        value: `all, by reading the whole file${more && `; profile${more}`}`,
      },
      { name: "delimiter", value: delimiterNames[delimiter] },
      { name: "header", value: isHeader ? "first row" : "none" },
      ...(uneven > 0 ? [{ name: "uneven rows", value: uneven.toLocaleString("en-US") }] : []),
    ],
    profile,
    text: inLines(head, [
      ...(uneven > 0 ? [note] : []),
      ...(rows > 0 ? [typesLine(profile)] : []),
      ...shown.map((cells) => cells.join(" | ")),
    ]),
  };
}
