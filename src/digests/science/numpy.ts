import type { Extraction, FileBytes } from "../extraction.ts";
import { inflateHead } from "../archives/inflate-head.ts";
import type { Pause } from "../pause.ts";
import { inert, told } from "../told.ts";
import { counted, listed } from "../words.ts";
import { contentAt, findDirectory, type ZipEntry, zipEntries } from "../archives/zip-directory.ts";

const mark = Buffer.from("\u0093NUMPY", "latin1");
const headerLimit = 0x4000;
/** Arrays whose header is read. */
const arrayLimit = 40;
const entryLimit = 100_000;
const columnLimit = 100;

/** The header of an array. */
interface ArrayHeader {
  readonly shape: string;
  readonly type: string;
  readonly order: string;
  readonly columns: readonly string[];
}

const kinds: Readonly<Record<string, string>> = {
  b: "bool",
  i: "int",
  u: "uint",
  f: "float",
  c: "complex",
  S: "bytes",
  U: "text",
  O: "Python objects",
  V: "void",
  M: "datetime",
  m: "timedelta",
};

/** The shape and type of an array of NumPy; undefined if it is none. NEP 1. */
export async function extractNpy(file: FileBytes): Promise<Extraction | undefined> {
  const header = readHeader(file.read(0, headerLimit));
  if (!header) return undefined;
  const { shape, type, order, columns } = header;
  return told({
    extractor: "array",
    type: file.extension ?? "npy",
    ...(columns.length > 0 && { columns }),
    facts: { shape, "value type": type, order, size: counted(file.size, "byte") },
    lines: columns.length > 0 ? [listed(columns.length, "field", columns)] : [],
  });
}

/** The arrays of an NPZ with their shapes, through the directory of the ZIP; undefined if it is none. */
export async function extractNpz(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const directory = findDirectory(file);
  if (!directory) return undefined;
  const lines: string[] = [];
  let arrays = 0;
  for (const entry of zipEntries(file, directory)) {
    await pause();
    if (!entry.path.endsWith(".npy")) continue;
    if (++arrays > entryLimit) break;
    if (lines.length < arrayLimit) lines.push(lineOf(file, entry));
  }
  if (arrays === 0) return undefined;
  return told({
    extractor: "array",
    type: file.extension ?? "npz",
    facts: { arrays, size: counted(file.size, "byte") },
    preview: lines,
    lines,
  });
}

function lineOf(file: FileBytes, entry: ZipEntry): string {
  const name = inert(entry.path.slice(0, -".npy".length)).slice(0, 100);
  const header = readHeader(headOf(file, entry));
  return header ? `${name}: ${header.shape} ${header.type}` : `${name}: not readable`;
}

function headOf(file: FileBytes, entry: ZipEntry): Buffer {
  const start = contentAt(file, entry);
  if (start === undefined || entry.isEncrypted) return Buffer.alloc(0);
  const end = Math.min(start + entry.packed, file.size);
  if (entry.method === 0) return file.read(start, Math.min(end, start + headerLimit));
  if (entry.method !== 8) return Buffer.alloc(0);
  return inflateHead(file, "deflate", { start, end, limit: headerLimit }).bytes;
}

function readHeader(bytes: Buffer): ArrayHeader | undefined {
  if (bytes.length < 12 || !bytes.subarray(0, mark.length).equals(mark)) return undefined;
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  const length = isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const text = bytes.toString("utf8", start, start + length);
  return headerOf(text);
}

/** The header is a dictionary as Python writes it. */
function headerOf(text: string): ArrayHeader | undefined {
  const shape = /'shape':\s*\(([\d,\sL]*)\)/u.exec(text)?.[1];
  const [, code, list] = /'descr':\s*(?:'([^']*)'|(\[.*\]))/u.exec(text) ?? [];
  const columns = columnsOf(list ?? "");
  const type = code === undefined ? "records" : wordOf(code);
  if (shape === undefined || (code === undefined && columns.length === 0)) return undefined;
  const sizes = shape.match(/\d+/gu) ?? [];
  return {
    shape: sizes.join(" × ") || "scalar",
    type,
    order: orderOf(text, sizes.length),
    columns,
  };
}

/** Of one dimension or none there is but one order. */
function orderOf(text: string, dimensions: number): string {
  if (dimensions < 2) return "";
  return text.includes("'fortran_order': True") ? "Fortran" : "C";
}

function columnsOf(list: string): readonly string[] {
  const fields = list.matchAll(/\('([^']*)',\s*'([^']*)'/gu);
  return Array.from(fields, ([, name = "", type = ""]) => `${inert(name)} ${wordOf(type)}`).slice(
    0,
    columnLimit,
  );
}

/** For example `<f8` is `float64, little-endian`. */
function wordOf(code: string): string {
  const [, order, kind = "", size = "", unit = ""] =
    /^([<>|=]?)([a-zA-Z])(\d*)(.*)$/u.exec(code) ?? [];
  const name = kinds[kind];
  if (name === undefined) return inert(code);
  const width = "iufc".includes(kind)
    ? Number(size) * 8
    : "SUV".includes(kind)
      ? ` of ${size}`
      : "";
  return `${name}${width}${unit}${order === ">" ? " big-endian" : ""}`;
}
