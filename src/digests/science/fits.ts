import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { inert, told } from "../told.ts";
import { counted } from "../words.ts";

/** FITS standard 4.0: blocks of 2,880 bytes, headers of cards of 80 characters. */
const block = 2880;
const card = 80;
const unitLimit = 1000;
/** Blocks of one header that are read. */
const headerLimit = 200;
const shownUnits = 25;
const types: Readonly<Record<string, string>> = {
  "8": "uint8",
  "16": "int16",
  "32": "int32",
  "64": "int64",
  "-32": "float32",
  "-64": "float64",
};

/** Values of a header by keyword. */
type Cards = ReadonlyMap<string, string>;

/** The units of a FITS file with their sizes, and what was observed; undefined if it is none. */
export async function extractFits(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  if (!/^SIMPLE {2}= +T/u.test(file.read(0, card).toString("latin1"))) return undefined;
  const lines: string[] = [];
  const all: Map<string, string> = new Map();
  let units = 0;
  for (let at = 0; at < file.size && units < unitLimit; units++) {
    await pause();
    const header = readHeader(file, at);
    if (!header) break;
    if (lines.length < shownUnits) lines.push(`${units}: ${unitOf(header.cards)}`);
    for (const [key, value] of header.cards) if (!all.has(key)) all.set(key, value);
    at = header.end + Math.ceil(dataLength(header.cards) / block) * block;
  }
  return told({
    extractor: "array",
    type: file.extension ?? "fits",
    facts: {
      units,
      object: all.get("OBJECT"),
      observed: all.get("DATE-OBS"),
      telescope: all.get("TELESCOP"),
      instrument: all.get("INSTRUME"),
      filter: all.get("FILTER"),
      exposure: all.get("EXPTIME"),
      written: all.get("DATE"),
      size: counted(file.size, "byte"),
    },
    preview: lines,
    lines,
  });
}

/** Undefined if no header ends within the limit. */
function readHeader(file: FileBytes, start: number): { cards: Cards; end: number } | undefined {
  const cards = new Map<string, string>();
  for (let blocks = 0; blocks < headerLimit; blocks++) {
    const at = start + blocks * block;
    const text = file.read(at, at + block).toString("latin1");
    if (text.length < block) return undefined;
    for (let place = 0; place < block; place += card) {
      const line = text.slice(place, place + card);
      if (line.startsWith("END     ")) return { cards, end: at + block };
      const key = line.slice(0, 8).trimEnd();
      if (line.startsWith("= ", 8)) cards.set(key, valueOf(line.slice(10)));
    }
  }
  return undefined;
}

/** A text stands between quotes, which are doubled in it; a slash starts a comment. */
function valueOf(text: string): string {
  const quoted = /^\s*'((?:[^']|'')*)'/u.exec(text)?.[1];
  if (quoted !== undefined) return inert(quoted.replaceAll("''", "'").trimEnd());
  return inert((text.split("/")[0] ?? "").trim());
}

function sizesOf(cards: Cards): readonly number[] {
  const count = Math.min(Number(cards.get("NAXIS")) || 0, 999);
  return Array.from({ length: count }, (_, index) =>
    Math.max(0, Number(cards.get(`NAXIS${index + 1}`)) || 0),
  );
}

/** Section 4.4.1.1, equation 2: random groups have a first axis of 0, and are not told apart. */
function dataLength(cards: Cards): number {
  const sizes = sizesOf(cards);
  if (sizes.length === 0) return 0;
  const groups = Math.max(1, Number(cards.get("GCOUNT")) || 1);
  const heap = Math.max(0, Number(cards.get("PCOUNT")) || 0);
  const product = sizes.reduce((all, size) => all * size, 1);
  const length = (Math.abs(Number(cards.get("BITPIX")) || 8) / 8) * groups * (heap + product);
  return Number.isSafeInteger(Math.ceil(length)) ? length : Number.MAX_SAFE_INTEGER - block;
}

function unitOf(cards: Cards): string {
  const kind = cards.get("XTENSION") ?? "primary";
  const sizes = sizesOf(cards);
  const name = cards.get("EXTNAME");
  const shape = sizes.length === 0 ? "no data" : sizes.slice(0, 10).join(" × ");
  const words = kind.endsWith("TABLE")
    ? `${sizes[1] ?? 0} rows, ${cards.get("TFIELDS") ?? 0} columns`
    : `${shape} ${sizes.length > 0 ? (types[cards.get("BITPIX") ?? ""] ?? "") : ""}`.trimEnd();
  return [kind, name, words].filter(Boolean).join(", ");
}
