import { numberCell, Sheet, textCell, widest, type CellBudget, type SheetCell } from "./sheet.ts";
import { attribute, type XmlTaker } from "./xml-scanner.ts";

const longestText = 4096;
/** Characters that are kept of a shared text. */
const keptText = 256;
const stringLimit = 200_000;
const day = 86_400_000;

/** What the cells of a workbook refer to. */
export interface Workbook {
  readonly strings: readonly string[];
  /** Of each style, true if it shows a number as a date. */
  readonly dateStyles: readonly boolean[];
  readonly is1904: boolean;
}

/** Texts that cells share. */
export class SharedStrings implements XmlTaker {
  readonly strings: string[] = [];
  #text = "";
  #isText = false;
  #isPhonetic = false;

  get isFull(): boolean {
    return this.strings.length >= stringLimit;
  }

  open(name: string): void {
    if (name === "si") this.#text = "";
    if (name === "rPh") this.#isPhonetic = true;
    this.#isText = name === "t";
  }

  text(text: string): void {
    if (this.#isText && !this.#isPhonetic && this.#text.length < longestText) this.#text += text;
  }

  close(name: string): void {
    // Copied: a part of a text keeps all of it in memory.
    if (name === "si") this.strings.push(Buffer.from(this.#text.slice(0, keptText)).toString());
    if (name === "rPh") this.#isPhonetic = false;
    this.#isText = false;
  }
}

/** The styles whose numbers are dates: by the built-in formats, or by letters of a date in the own ones. ECMA-376, 18.8.30. */
export class DateStyles implements XmlTaker {
  readonly styles: boolean[] = [];
  readonly #dateFormats: Set<string> = new Set(
    [14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 36, 45, 46, 47, 50, 57].map(String),
  );
  #isCell = false;

  open(name: string, attributes: string): void {
    if (name === "cellXfs") this.#isCell = true;
    if (name === "numFmt") this.#addFormat(attributes);
    if (name === "xf" && this.#isCell && this.styles.length < 0x10000)
      this.styles.push(this.#dateFormats.has(attribute(attributes, "numFmtId") ?? ""));
  }

  text(): void {
    // Styles have no text.
  }

  close(name: string): void {
    if (name === "cellXfs") this.#isCell = false;
  }

  #addFormat(attributes: string): void {
    const format = (attribute(attributes, "formatCode") ?? "").slice(0, 200);
    const letters = format.replaceAll(/"[^"]*"|\[(?!h|m|s)[^\]]*\]|\\.|_./giu, "");
    if (/[dmyhs]/iu.test(letters) && !/General/iu.test(letters))
      this.#dateFormats.add(attribute(attributes, "numFmtId") ?? "");
  }
}

/** The rows of one sheet. */
export class SheetRows implements XmlTaker {
  readonly #sheet: Sheet;
  readonly #workbook: Workbook;
  #cells: SheetCell[] = [];
  #column = -1;
  #type = "n";
  #style = 0;
  #value = "";
  #isValue = false;

  constructor(sheet: Sheet, workbook: Workbook) {
    this.#sheet = sheet;
    this.#workbook = workbook;
  }

  open(name: string, attributes: string): void {
    this.#isValue = name === "v" || name === "t";
    if (name === "c") this.#openCell(attributes);
    else if (name === "row") this.#openRow();
    else if (name === "f") this.#sheet.formulas++;
    else if (name === "dimension") this.#sheet.dimension = attribute(attributes, "ref");
  }

  text(text: string): void {
    if (this.#isValue && this.#value.length < longestText) this.#value += text;
  }

  close(name: string): void {
    this.#isValue = false;
    if (name === "c") this.#closeCell();
    if (name === "row") this.#sheet.addRow(this.#cells);
    if (name === "row") this.#cells = [];
  }

  #openRow(): void {
    this.#cells = [];
    this.#column = -1;
  }

  #openCell(attributes: string): void {
    const next = this.#column + 1;
    const column = columnOf(attribute(attributes, "r") ?? "") ?? next;
    // In order, as the standard asks for it: what is out of order would overwrite.
    this.#column = Math.min(Math.max(column, next), widest);
    this.#type = attribute(attributes, "t") ?? "n";
    this.#style = Number(attribute(attributes, "s") ?? 0);
    this.#value = "";
  }

  #closeCell(): void {
    if (this.#value === "" || this.#column >= widest) return;
    const cell = this.#cell(this.#value.slice(0, longestText));
    if (cell) this.#cells.push(cell);
  }

  #cell(value: string): SheetCell | undefined {
    const column = this.#column;
    const { strings, dateStyles, is1904 } = this.#workbook;
    if (this.#type === "s") return textCell(column, strings[Number(value)] ?? "…");
    if (this.#type === "b") return numberCell(column, value === "1" ? "true" : "false");
    if (this.#type !== "n") return textCell(column, value);
    const date = dateStyles[this.#style] === true ? dateOf(Number(value), is1904) : undefined;
    return numberCell(column, date ?? value);
  }
}

/** Of the reference to a cell, such as `AB12`. */
function columnOf(reference: string): number | undefined {
  let column = 0;
  for (let at = 0; at < reference.length && at < 4; at++) {
    const letter = reference.charCodeAt(at) - 0x40;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column === 0 ? undefined : column - 1;
}

/** Days since the first of 1900, in which a 29th of February is counted that never was, or since that of 1904. A part of a day alone is no date. */
function dateOf(days: number, is1904: boolean): string | undefined {
  if (!(days >= 1 && days < 2_958_466)) return undefined;
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const time = new Date(epoch + Math.round(days * day)).toISOString();
  return Number.isInteger(days) ? time.slice(0, 10) : time.slice(0, 19).replace("T", " ");
}

/** The sheets that a workbook names. */
export class SheetNames implements XmlTaker {
  readonly sheets: { readonly sheet: Sheet; readonly id: string }[] = [];
  is1904 = false;
  readonly #budget: CellBudget;

  constructor(budget: CellBudget) {
    this.#budget = budget;
  }

  open(name: string, attributes: string): void {
    if (name === "workbookPr")
      this.is1904 = /^(?:1|true)$/u.test(attribute(attributes, "date1904") ?? "");
    if (name !== "sheet" || this.sheets.length >= 1000) return;
    const sheet = new Sheet((attribute(attributes, "name") ?? "").slice(0, 100), this.#budget);
    sheet.isHidden = (attribute(attributes, "state") ?? "visible") !== "visible";
    // Before `id` there is the prefix of relationships: `sheetId` has none.
    this.sheets.push({ sheet, id: attribute(attributes.replace(/\bsheetId=/u, ""), "id") ?? "" });
  }

  text(): void {
    // The names are attributes.
  }

  close(): void {
    // Nothing ends here.
  }
}

/** The files that the relationships of a workbook lead to. */
export class Relationships implements XmlTaker {
  readonly targets: Map<string, string> = new Map();

  open(name: string, attributes: string): void {
    if (name !== "Relationship" || this.targets.size >= 10_000) return;
    const target = attribute(attributes, "Target") ?? "";
    this.targets.set(attribute(attributes, "Id") ?? "", target);
  }

  text(): void {
    // The targets are attributes.
  }

  close(): void {
    // Nothing ends here.
  }
}
