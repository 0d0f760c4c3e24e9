import type { CellKind } from "./column-cells.ts";
import { ColumnCells, kindOf } from "./column-cells.ts";
import type { ColumnProfile } from "../../core/files/digest.ts";
import {
  cellWidth,
  columnNames,
  isAllNumbers,
  previewRecords,
  profiledColumns,
  type Cells,
} from "./table-columns.ts";
import { cut } from "../words.ts";

/** Cells of all sheets together that are looked at. */
const cellLimit = 200_000;
const settledRows = 500;
/** The widest sheet that a spreadsheet program makes. */
export const widest = 16_384;

/** A cell with a value. */
export interface SheetCell {
  readonly column: number;
  readonly text: string;
  readonly kind: CellKind | undefined;
}

/** How many cells may still be looked at. */
export class CellBudget {
  left: number = cellLimit;

  get isSpent(): boolean {
    return this.left <= 0;
  }
}

/** What is kept of a sheet. */
export class Sheet {
  readonly name: string;
  /** The rows and columns that it says it has, for example `A1:D20`. */
  dimension: string | undefined;
  /** Rows with a value. */
  count = 0;
  width = 0;
  formulas = 0;
  isHidden = false;
  /** True if not all of it was looked at. */
  isCut = false;
  isHeader = false;
  readonly first: Cells[] = [];
  readonly #budget: CellBudget;
  readonly #columns: ColumnCells[] = [];

  constructor(name: string, budget: CellBudget) {
    this.name = name;
    this.#budget = budget;
  }

  get rows(): number {
    return this.isHeader ? this.count - 1 : this.count;
  }

  get columns(): readonly string[] {
    const top = this.first[0] ?? [];
    const filled = Array.from(
      { length: Math.min(this.width, 1000) },
      (_, index) => top[index] ?? "",
    );
    return columnNames(filled, this.isHeader);
  }

  get shown(): readonly Cells[] {
    return (this.isHeader ? this.first.slice(1) : this.first).slice(0, previewRecords);
  }

  get profile(): readonly ColumnProfile[] {
    const names = this.columns;
    return names.slice(0, profiledColumns).map((name, index) => {
      const profile = this.#column(index).profile(name, this.rows);
      return this.isCut ? Object.assign(profile, { ofRows: this.rows }) : profile;
    });
  }

  /** Takes a row, or as many equal ones as `times` says. */
  addRow(cells: readonly SheetCell[], times = 1): void {
    if (cells.length === 0) return;
    if (this.#budget.isSpent) {
      this.isCut = true;
      return;
    }
    this.#budget.left -= cells.length * times;
    this.isCut ||= this.#budget.isSpent;
    this.count += times;
    this.width = Math.max(this.width, ...cells.slice(-1).map(({ column }) => column + 1));
    if (this.first.length <= previewRecords) this.#keep(cells, times);
    const isTop = this.count === times;
    if (this.count % settledRows === 0) this.#settle();
    this.#profile(cells, isTop && this.isHeader ? times - 1 : times);
  }

  /** Lets go of the text that the cells were part of. */
  #settle(): void {
    for (const column of this.#columns) column.settle();
  }

  #profile(cells: readonly SheetCell[], times: number): void {
    if (times === 0) return;
    for (const { column, text, kind } of cells)
      if (column < profiledColumns) this.#column(column).add(text, kind, times);
  }

  #keep(cells: readonly SheetCell[], times: number): void {
    const texts: string[] = [];
    for (const { column, text } of cells)
      if (column < 1000) {
        while (texts.length < column) texts.push("");
        texts[column] = cut(text, cellWidth);
      }
    if (this.first.length === 0) this.isHeader = !isAllNumbers(texts);
    for (let time = 0; time < times && this.first.length <= previewRecords; time++)
      this.first.push(texts);
  }

  #column(index: number): ColumnCells {
    while (this.#columns.length <= index) this.#columns.push(new ColumnCells());
    return this.#columns[index] ?? new ColumnCells();
  }
}

/** The cell that holds this text, undefined if it is empty. Numbers in a cell of text are text. */
export function textCell(column: number, text: string): SheetCell | undefined {
  if (text.trim() === "") return undefined;
  const kind = kindOf(text);
  return { column, text, kind: kind === undefined || kind === "date" ? kind : "text" };
}

export function numberCell(column: number, text: string): SheetCell | undefined {
  const kind = kindOf(text);
  return kind === undefined ? undefined : { column, text, kind };
}
