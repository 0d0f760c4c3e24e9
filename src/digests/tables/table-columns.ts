import type { ColumnProfile } from "../../core/files/digest.ts";
import { counted, cut } from "../words.ts";

export type Cells = readonly string[];

export const cellWidth = 80;
/** Rows that are shown. */
export const previewRecords = 3;
const previewCells = 100;
/** Columns that are named; a wider table has more than it names. */
const namedColumns = 1000;
/** Columns that have a profile. */
export const profiledColumns = 200;

/** The names of the columns, if the first record is their header; otherwise they are numbered. */
export function columnNames(top: Cells, isHeader: boolean): readonly string[] {
  return isHeader ? uniqueNames(top.slice(0, namedColumns)) : numberedNames(top);
}

export function shownCells(cells: Cells): Cells {
  return cells.slice(0, previewCells).map((cell) => cut(cell, cellWidth));
}

/** Not by assignment: a column may be named `__proto__`. */
export function recordOf(columns: readonly string[], cells: Cells): Record<string, string> {
  return Object.fromEntries(
    cells.map((cell, index) => [columns[index] ?? numberedName(index), cell]),
  );
}

/** True for a record that is no header: numbers and empty cells, with a decimal point or comma. */
export function isAllNumbers(cells: Cells): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  return filled.length > 0 && filled.every((cell) => number.test(cell));
}

const number: RegExp = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/iu;

/** The types of the columns in one line, with what is most worth knowing of each. */
export function typesLine(profile: readonly ColumnProfile[]): string {
  return `types: ${profile.slice(0, 20).map(shownProfile).join("; ")}`;
}

function shownProfile({ name, type, nulls, min, max }: ColumnProfile): string {
  const hasRange = min !== undefined && max !== undefined;
  const isScale = type === "integer" || type === "number" || type === "date";
  const range = hasRange && isScale ? ` ${cut(min, 20)} to ${cut(max, 20)}` : "";
  const empty = nulls > 0 && type !== "empty" ? `, ${counted(nulls, "null")}` : "";
  return `${cut(name, 20)} ${type}${range}${empty}`;
}

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
