import { numberCell, Sheet, textCell, widest, type CellBudget, type SheetCell } from "./sheet.ts";
import { attribute, type XmlTaker } from "./xml-scanner.ts";

const longestText = 4096;

/** The sheets of a spreadsheet in OpenDocument, with their cells. */
export class OdsSheets implements XmlTaker {
  readonly sheets: Sheet[] = [];
  readonly #budget: CellBudget;
  #cells: SheetCell[] = [];
  #column = 0;
  #rowTimes = 1;
  #cellTimes = 1;
  #type = "";
  #value: string | undefined;
  #text = "";
  #paragraphs = 0;
  #notes = 0;

  constructor(budget: CellBudget) {
    this.#budget = budget;
  }

  open(name: string, attributes: string): void {
    if (name === "table") this.#openTable(attributes);
    else if (name === "table-row") this.#openRow(attributes);
    else if (name === "table-cell" || name === "covered-table-cell") this.#openCell(attributes);
    else if (name === "p") this.#paragraphs++;
    else if (name === "annotation") this.#notes++;
    if (name === "p" && this.#text !== "" && this.#notes === 0) this.#text += " ";
  }

  text(text: string): void {
    if (this.#paragraphs > 0 && this.#notes === 0 && this.#text.length < longestText)
      this.#text += text;
  }

  close(name: string): void {
    if (name === "p") this.#paragraphs--;
    else if (name === "annotation") this.#notes--;
    else if (name === "table-cell" || name === "covered-table-cell") this.#closeCell();
    else if (name === "table-row") this.#closeRow();
  }

  #openTable(attributes: string): void {
    if (this.sheets.length >= 1000) return;
    const name = (attribute(attributes, "name") ?? "").slice(0, 100);
    this.sheets.push(new Sheet(name, this.#budget));
  }

  #openRow(attributes: string): void {
    this.#cells = [];
    this.#column = 0;
    this.#rowTimes = timesOf(attribute(attributes, "number-rows-repeated"), 1_048_576);
  }

  #openCell(attributes: string): void {
    this.#cellTimes = timesOf(attribute(attributes, "number-columns-repeated"), widest);
    this.#type = attribute(attributes, "value-type") ?? "";
    this.#value =
      attribute(attributes, "date-value") ??
      attribute(attributes, "boolean-value") ??
      attribute(attributes, "string-value") ??
      attribute(attributes, "value");
    this.#text = "";
    const sheet = this.sheets.at(-1);
    if (sheet && attributes.includes("table:formula=")) sheet.formulas++;
  }

  #closeCell(): void {
    if (this.#budget.isSpent) return;
    for (let time = 0; time < this.#cellTimes && this.#column < widest; time++) {
      const cell = this.#cell();
      if (!cell) {
        this.#column += this.#cellTimes - time;
        return;
      }
      this.#cells.push(cell);
      this.#column++;
    }
  }

  #cell(): SheetCell | undefined {
    const text = (this.#value ?? this.#text).slice(0, longestText);
    if (this.#type === "string" || this.#type === "") return textCell(this.#column, text);
    return numberCell(this.#column, text.replace(/T00:00:00$/u, ""));
  }

  #closeRow(): void {
    this.sheets.at(-1)?.addRow(this.#cells, this.#rowTimes);
    this.#cells = [];
  }
}

function timesOf(value: string | undefined, most: number): number {
  const times = Number(value ?? 1);
  return times >= 1 ? Math.min(Math.floor(times), most) : 1;
}
