import type { ColumnProfile } from "../../core/files/digest.ts";
import { cut } from "../words.ts";

const shownWidth = 80;
const distinctLimit = 1000;
/** A longer cell is no number and no date. */
const longestScalar = 40;
/** Characters of a cell that tell it from others. */
const keyWidth = 200;

/** Numbers that are codes, such as `007`, are text: a number would lose their zeros. */
export type CellKind = "boolean" | "integer" | "number" | "date" | "text" | "code";

const bits: Readonly<Record<CellKind, number>> = {
  boolean: 1,
  integer: 2,
  number: 4,
  date: 8,
  text: 16,
  code: 32,
};
const numeric = bits.integer | bits.number;

/** What columns are called whose cells are all of these kinds. */
const types: ReadonlyMap<number, ColumnProfile["type"]> = new Map([
  [0, "empty"],
  [bits.boolean, "boolean"],
  [bits.integer, "integer"],
  [bits.number, "number"],
  [numeric, "number"],
  [bits.date, "date"],
  [bits.text, "text"],
  [bits.code, "text"],
  [bits.code | bits.integer, "text"],
  [bits.code | bits.text, "text"],
]);

const noValue: ReadonlySet<string> = new Set(["NA", "N/A", "NULL", "null", "NaN", "nan"]);
const integer: RegExp = /^[+-]?(?:0|[1-9]\d*)$/u;
const code: RegExp = /^0\d+$/u;
const number: RegExp = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/iu;
/** Three digits after a comma may be thousands: that is not known. */
const thousands: RegExp = /^[+-]?\d{1,3},\d{3}$/u;
const date: RegExp =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?Z| ?[+-]\d\d:?\d\d)?)?$/u;
const boolean: RegExp = /^(?:true|false)$/iu;

/** Undefined for a cell without a value: it is empty, or says that there is none. */
export function kindOf(cell: string): CellKind | undefined {
  const text = isPadded(cell) ? cell.trim() : cell;
  if (text === "") return undefined;
  if (text.length > longestScalar) return "text";
  if (text.charCodeAt(0) <= 0x39) return numberKind(text);
  if (noValue.has(text)) return undefined;
  return text.length <= 5 && boolean.test(text) ? "boolean" : "text";
}

function isPadded(cell: string): boolean {
  return cell.charCodeAt(0) <= 0x20 || cell.charCodeAt(cell.length - 1) <= 0x20;
}

function numberKind(text: string): CellKind {
  if (integer.test(text)) return "integer";
  if (code.test(text)) return "code";
  if (number.test(text)) return thousands.test(text) ? "text" : "number";
  return date.test(text) ? "date" : "text";
}

/** The cells of one column, of which only what its profile needs is kept. */
export class ColumnCells {
  #kinds = 0;
  #values = 0;
  #lowest: string | undefined;
  #highest: string | undefined;
  #least = Infinity;
  #most = -Infinity;
  #leastText = "";
  #mostText = "";
  #distinct: Set<string> = new Set();
  #isFull = false;

  /** Takes a cell, or a value that is as often there as `times` says. */
  add(cell: string, kind: CellKind | undefined = kindOf(cell), times = 1): void {
    if (kind === undefined) return;
    this.#kinds |= bits[kind];
    this.#values += times;
    if (!this.#isFull) this.#addDistinct(cell);
    if ((this.#kinds & ~numeric) === 0) this.#addNumber(cell);
    if (this.#lowest === undefined || cell < this.#lowest) this.#lowest = cell;
    if (this.#highest === undefined || cell > this.#highest) this.#highest = cell;
  }

  /** Lets go of the text that the cells were part of. */
  settle(): void {
    this.#lowest = this.#lowest && copyOf(this.#lowest);
    this.#highest = this.#highest && copyOf(this.#highest);
    this.#leastText = copyOf(this.#leastText);
    this.#mostText = copyOf(this.#mostText);
  }

  profile(name: string, rows: number): ColumnProfile {
    const type = types.get(this.#kinds) ?? "mixed";
    const isNumber = type === "integer" || type === "number";
    const min = isNumber ? this.#leastText : this.#lowest;
    const max = isNumber ? this.#mostText : this.#highest;
    return {
      name,
      type,
      nulls: Math.max(0, rows - this.#values),
      ...(min !== undefined && max !== undefined && { min: shown(min), max: shown(max) }),
      distinct: this.#distinct.size,
      ...(this.#isFull && { moreDistinct: true }),
    };
  }

  #addDistinct(cell: string): void {
    const key = cell.length > keyWidth ? `${cell.slice(0, keyWidth)}${cell.length}` : cell;
    if (this.#distinct.has(key)) return;
    if (this.#distinct.size === distinctLimit) this.#isFull = true;
    else this.#distinct.add(copyOf(key));
  }

  #addNumber(cell: string): void {
    const value = Number(cell.includes(",") ? cell.replace(",", ".") : cell);
    if (value < this.#least) {
      this.#least = value;
      this.#leastText = cell;
    }
    if (value > this.#most) {
      this.#most = value;
      this.#mostText = cell;
    }
  }
}

function shown(cell: string): string {
  return cut(cell.trim(), shownWidth);
}

/** A part of a text keeps all of it in memory, unless it is short. */
function copyOf(part: string): string {
  return part.length < 13 ? part : Buffer.from(part.slice(0, 2 * keyWidth)).toString();
}
