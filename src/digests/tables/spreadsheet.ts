import type { DigestFact } from "../../core/files/digest.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import { OdsSheets } from "./ods-cells.ts";
import type { Pause } from "../pause.ts";
import { CellBudget, type Sheet } from "./sheet.ts";
import { recordOf, shownCells, typesLine } from "./table-columns.ts";
import { counted, cut, inLines, listed } from "../words.ts";
import { DateStyles, Relationships, SharedStrings, SheetNames, SheetRows } from "./xlsx-cells.ts";
import { XmlScanner, type XmlTaker } from "./xml-scanner.ts";
import { unpacked, zipParts, type ZipParts } from "../archives/zip-parts.ts";

const namedSheets = 20;

/** Sheets, their columns and first rows of a workbook of Excel or OpenDocument; undefined for another package, or none. */
export async function extractSpreadsheet(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const type = file.extension ?? "xlsx";
  const zip = zipParts(file);
  if (!zip) return undefined;
  if (zip.refusal !== undefined) return refusedExtraction(type, zip.refusal);
  const reader = new PackageReader(file, zip, pause);
  const sheets = reader.has("xl/workbook.xml") ? await xlsxSheets(reader) : await odsSheets(reader);
  return sheets && extractionOf(type, sheets);
}

function refusedExtraction(type: string, refusal: string): Extraction {
  return {
    extractor: "spreadsheet",
    type,
    preview: [],
    facts: [{ name: "not opened", value: refusal }],
    text: `${type}, not opened: ${refusal}`,
  };
}

/** Reads the files of a package. */
class PackageReader {
  readonly #file: FileBytes;
  readonly #zip: ZipParts;
  readonly #pause: Pause;
  #left = 200 * 1024 * 1024;

  constructor(file: FileBytes, zip: ZipParts, pause: Pause) {
    this.#file = file;
    this.#zip = zip;
    this.#pause = pause;
  }

  has(name: string): boolean {
    return this.#zip.parts.has(name);
  }

  /** Reads a file up to its end, or until there is enough of it. Returns what it was given. */
  async read<Taker extends XmlTaker>(
    name: string,
    taker: Taker,
    isEnough: () => boolean = () => false,
  ): Promise<Taker> {
    const part = this.#zip.parts.get(name);
    if (!part) return taker;
    const scanner = new XmlScanner(taker);
    for (const piece of unpacked(this.#file, part)) {
      this.#left -= piece.length;
      if (this.#left < 0) throw new Error("more than 200 MB, as files are read again");
      await this.#pause();
      scanner.push(piece);
      if (isEnough()) break;
    }
    return taker;
  }
}

async function xlsxSheets(reader: PackageReader): Promise<readonly Sheet[]> {
  const budget = new CellBudget();
  const { sheets, is1904 } = await reader.read("xl/workbook.xml", new SheetNames(budget));
  const { targets } = await reader.read("xl/_rels/workbook.xml.rels", new Relationships());
  const { styles } = await reader.read("xl/styles.xml", new DateStyles());
  const shared = new SharedStrings();
  await reader.read("xl/sharedStrings.xml", shared, () => shared.isFull);
  const workbook = { strings: shared.strings, dateStyles: styles, is1904 };
  for (const { sheet, id } of sheets) {
    sheet.isCut = budget.isSpent;
    const target = targets.get(id) ?? "";
    const name = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
    const rows = new SheetRows(sheet, workbook);
    await reader.read(name, rows, () => budget.isSpent);
  }
  return sheets.map(({ sheet }) => sheet);
}

async function odsSheets(reader: PackageReader): Promise<readonly Sheet[] | undefined> {
  const budget = new CellBudget();
  const { sheets } = await reader.read("content.xml", new OdsSheets(budget), () => budget.isSpent);
  return sheets.length === 0 ? undefined : sheets;
}

function extractionOf(type: string, sheets: readonly Sheet[]): Extraction {
  const main = sheets.find((sheet) => !sheet.isHidden && sheet.count > 0) ?? sheets[0];
  const names = sheets.map(({ name }) => name);
  const head = `${type}, ${listed(names.length, "sheet", names)}`;
  if (!main) return { extractor: "spreadsheet", type, preview: [], text: inLines(head, []) };
  const { columns, shown, profile, rows, isCut } = main;
  const others = sheets.filter((sheet) => sheet !== main).slice(0, namedSheets);
  return {
    extractor: "spreadsheet",
    type,
    ...(columns.length > 0 && { columns }),
    ...(!isCut && { rows }),
    preview: shown.map((cells) => recordOf(columns, shownCells(cells))),
    facts: factsOf(sheets),
    profile,
    text: inLines(head, [
      `${cut(main.name, 40)}: ${sizeOf(main)}${columns.length > 0 ? `: ${columns.join(", ")}` : ""}`,
      ...(rows > 0 ? [typesLine(profile)] : []),
      ...shown.map((cells) => shownCells(cells).join(" | ")),
      ...(others.length > 0
        ? [others.map((sheet) => `${cut(sheet.name, 30)}: ${sizeOf(sheet)}`).join("; ")]
        : []),
      ...(isAnyCut(sheets) ? ["stopped after 200,000 cells"] : []),
    ]),
  };
}

function factsOf(sheets: readonly Sheet[]): readonly DigestFact[] {
  const formulas = sheets.reduce((sum, sheet) => sum + sheet.formulas, 0);
  return [
    { name: "sheets", value: sheets.length.toLocaleString("en-US") },
    ...sheets.slice(0, namedSheets).map((sheet) => ({
      name: `sheet ${cut(sheet.name, 60)}`,
      value: `${sizeOf(sheet)}${sheet.isHidden ? ", hidden" : ""}`,
    })),
    ...(formulas > 0 ? [{ name: "formulas", value: formulas.toLocaleString("en-US") }] : []),
    ...(isAnyCut(sheets) ? [{ name: "stopped", value: "after 200,000 cells" }] : []),
  ];
}

function isAnyCut(sheets: readonly Sheet[]): boolean {
  return sheets.some(({ isCut }) => isCut);
}

function sizeOf({ rows, width, isCut, dimension, count }: Sheet): string {
  const said = isCut && dimension !== undefined ? ` (it says ${cut(dimension, 30)})` : "";
  if (count === 0) return isCut ? `not looked at${said}` : "empty";
  const least = isCut ? "at least " : "";
  return `${least}${counted(rows, "row")}, ${counted(width, "column")}${said}`;
}
