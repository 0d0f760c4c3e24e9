import type { FileBytes } from "../extraction.ts";
import { untilNul } from "../told.ts";

/** Values read of one tag. */
const valueLimit = 4096;
const tagLimit = 512;
const directoryLimit = 1000;
/** Bytes of one value, by type. TIFF 6.0, section 2; BigTIFF adds 16 to 18. */
const widths: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const ascii = 2;

interface Layout {
  readonly isLittle: boolean;
  readonly isBig: boolean;
}

/** A TIFF whose first directory was read, by ranges. */
export interface Tiff extends Layout {
  /** Directories, each an image: at most 1,000 are counted. */
  readonly directories: number;
  /** The numbers of a tag, none if it has none. At most 4,096. */
  numbers(tag: number): readonly number[];
  /** A tag as text, undefined if it is none. */
  text(tag: number): string | undefined;
}

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where its values stand in the file. */
  readonly at: number;
}

/** Undefined if the file is no TIFF or BigTIFF. Throws if the first directory is not all there. */
export function readTiff(file: FileBytes): Tiff | undefined {
  const head = file.read(0, 16);
  const order = head.toString("latin1", 0, 2);
  if ((order !== "II" && order !== "MM") || head.length < 8) return undefined;
  const isLittle = order === "II";
  const magic = isLittle ? head.readUInt16LE(2) : head.readUInt16BE(2);
  if (magic !== 42 && magic !== 43) return undefined;
  const layout = { isLittle, isBig: magic === 43 };
  const reader = new Reader(file, layout);
  const first = reader.offset(layout.isBig ? 8 : 4);
  const entries = reader.directory(first).entries;
  return {
    ...layout,
    directories: countDirectories(reader, first),
    numbers: (tag) => reader.numbers(entries.get(tag)),
    text: (tag) => reader.text(entries.get(tag)),
  };
}

/** Directories may form a loop. */
function countDirectories(reader: Reader, first: number): number {
  const seen = new Set<number>();
  let at = first;
  while (at > 0 && !seen.has(at) && seen.size < directoryLimit) {
    seen.add(at);
    try {
      at = reader.directory(at).next;
    } catch {
      break;
    }
  }
  return seen.size;
}

class Reader {
  readonly #file: FileBytes;
  readonly #layout: Layout;

  constructor(file: FileBytes, layout: Layout) {
    this.#file = file;
    this.#layout = layout;
  }

  /** An unsigned integer of 2, 4 or 8 bytes. */
  integer(bytes: Buffer, at: number, width: number): number {
    const { isLittle } = this.#layout;
    if (width === 8)
      return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);
  }

  offset(at: number): number {
    const width = this.#layout.isBig ? 8 : 4;
    return this.integer(this.#file.read(at, at + width), 0, width);
  }

  /** The tags at a place, and where the next directory stands: 0 if there is none. */
  directory(at: number): { entries: ReadonlyMap<number, Entry>; next: number } {
    const { isBig } = this.#layout;
    const [countWidth, entryWidth] = isBig ? [8, 20] : [2, 12];
    const count = this.integer(this.#file.read(at, at + countWidth), 0, countWidth);
    if (count === 0 || count > tagLimit) throw new RangeError("no directory of tags");
    const start = at + countWidth;
    const bytes = this.#file.read(start, start + count * entryWidth);
    const entries = new Map<number, Entry>();
    for (let index = 0; index < count; index++) {
      const tag = this.integer(bytes, index * entryWidth, 2);
      entries.set(tag, this.#entry(bytes, index * entryWidth, start));
    }
    return { entries, next: this.offset(start + count * entryWidth) };
  }

  #entry(bytes: Buffer, at: number, start: number): Entry {
    const wordWidth = this.#layout.isBig ? 8 : 4;
    const type = this.integer(bytes, at + 2, 2);
    const count = this.integer(bytes, at + 4, wordWidth);
    const place = at + 4 + wordWidth;
    // Values that fit stand in the entry itself.
    const isInside = (widths[type] ?? 0) * count <= wordWidth;
    return { type, count, at: isInside ? start + place : this.integer(bytes, place, wordWidth) };
  }

  text(entry: Entry | undefined): string | undefined {
    if (entry?.type !== ascii) return undefined;
    const end = entry.at + Math.min(entry.count, valueLimit);
    return untilNul(this.#file.read(entry.at, end).toString("utf8"));
  }

  numbers(entry: Entry | undefined): readonly number[] {
    const width = widths[entry?.type ?? 0] ?? 0;
    if (!entry || width === 0) return [];
    const count = Math.min(entry.count, valueLimit);
    const bytes = this.#file.read(entry.at, entry.at + count * width);
    const whole = Math.floor(bytes.length / width);
    return Array.from({ length: whole }, (_, index) => this.#number(bytes, index * width, entry));
  }

  #number(bytes: Buffer, at: number, { type }: Entry): number {
    const { isLittle } = this.#layout;
    if (type === 12) return isLittle ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
    if (type === 11) return isLittle ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
    if (type === 5 || type === 10)
      return this.integer(bytes, at, 4) / this.integer(bytes, at + 4, 4);
    return this.integer(bytes, at, widths[type] ?? 1);
  }
}
