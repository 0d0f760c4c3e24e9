import type { Extraction, FileBytes } from "../extraction.ts";
import { inert, told, untilNul } from "../told.ts";
import { listed } from "../words.ts";

const types: Readonly<Record<string, string>> = {
  B: "double",
  C: "text",
  D: "date",
  F: "float",
  G: "OLE",
  I: "integer",
  L: "boolean",
  M: "memo",
  N: "number",
  T: "time",
  Y: "currency",
};
const versions: ReadonlySet<number> = new Set([
  0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0x8c, 0xcb, 0xf5, 0xfb,
]);
const previewRecords = 3;
const fieldEnd = 0x0d;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly decimals: number;
}

/** The fields, the number of records and the first of them; undefined if it is no table of dBASE. */
export async function extractDbf(file: FileBytes): Promise<Extraction | undefined> {
  const head = file.read(0, 32);
  if (head.length < 32 || !versions.has(head.readUInt8(0))) return undefined;
  const [headerSize, recordSize] = [head.readUInt16LE(8), head.readUInt16LE(10)];
  const fields = fieldsOf(file.read(32, headerSize));
  const recordBytes = fields.reduce((sum, { length }) => sum + length, 1);
  if (fields.length === 0 || recordBytes > recordSize) return undefined;
  const said = head.readUInt32LE(4);
  const rows = Math.min(said, Math.floor(Math.max(0, file.size - headerSize) / recordSize));
  const names = fields.map(({ name }) => name);
  return told({
    extractor: "table",
    type: file.extension ?? "dbf",
    columns: names,
    rows,
    preview: previewOf(file, { fields, headerSize, recordSize, rows }),
    facts: {
      records: rows,
      damage: said > rows ? `says it has ${said} records` : undefined,
      changed: dateOf(head),
      encoding: encodings[head.readUInt8(29)],
    },
    lines: [listed(fields.length, "field", fields.map(wordOf))],
  });
}

const encodings: Readonly<Record<number, string>> = {
  0x01: "CP437",
  0x02: "CP850",
  0x03: "Windows-1252",
  0x57: "ANSI",
  0xc8: "Windows-1250",
  0xc9: "Windows-1251",
};

/** Years count from 1900. */
function dateOf(head: Buffer): string | undefined {
  const [year, month, day] = [head.readUInt8(1), head.readUInt8(2), head.readUInt8(3)];
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return [1900 + year, ...[month, day].map((part) => `${part}`.padStart(2, "0"))].join("-");
}

function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 32 <= bytes.length && bytes[at] !== fieldEnd; at += 32) {
    const letter = bytes.toString("latin1", at + 11, at + 12);
    fields.push({
      name: inert(untilNul(bytes.toString("latin1", at, at + 11))),
      type: types[letter] ?? `type ${inert(letter)}`,
      length: bytes.readUInt8(at + 16),
      decimals: bytes.readUInt8(at + 17),
    });
  }
  return fields;
}

function wordOf({ name, type, length, decimals }: Field): string {
  return `${name} ${type}(${decimals > 0 ? `${length},${decimals}` : length})`;
}

interface Layout {
  readonly fields: readonly Field[];
  readonly headerSize: number;
  readonly recordSize: number;
  readonly rows: number;
}

function previewOf(file: FileBytes, layout: Layout): readonly Readonly<Record<string, string>>[] {
  const { fields, headerSize, recordSize } = layout;
  const count = Math.min(previewRecords, layout.rows);
  return Array.from({ length: count }, (_, index) => {
    const start = headerSize + index * recordSize;
    const record = file.read(start, start + recordSize);
    let at = 1;
    const entries = fields.slice(0, 20).map(({ name, length }): [string, string] => {
      const cell = record.toString("latin1", at, at + length);
      at += length;
      return [name, inert(cell.trim().slice(0, 80))];
    });
    return Object.fromEntries(entries);
  });
}
