import type { FileBytes } from "../extraction.ts";

const mark = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const headerSize = 512;
const entrySize = 128;
/** Numbers from here on are no sectors. */
const noSector = 0xfffffffa;
const noEntry = 5;
/** Table sectors that the header names; others are named elsewhere, and are not looked for. */
const tableSectors = 109;
const longestChain = 5000;

/** A stream of a compound file. */
export interface OleStream {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** A compound file of Microsoft's: streams in sectors. MS-CFB 2. */
export class OleFile {
  readonly streams: ReadonlyMap<string, OleStream>;
  readonly #file: FileBytes;
  readonly #header: Buffer;
  readonly #sectorSize: number;
  readonly #small: OleStream | undefined;

  private constructor(file: FileBytes, header: Buffer) {
    this.#file = file;
    this.#header = header;
    this.#sectorSize = header.readUInt16LE(30) === 12 ? 4096 : 512;
    const entries = this.#entries();
    this.#small = entries.find(({ name }) => name === "Root Entry");
    this.streams = new Map(entries.map((entry) => [entry.name, entry]));
  }

  /** Undefined if the file is none. */
  static open(file: FileBytes): OleFile | undefined {
    const header = file.read(0, headerSize);
    const isOle = header.length === headerSize && header.subarray(0, mark.length).equals(mark);
    return isOle ? new OleFile(file, header) : undefined;
  }

  /** The first bytes of a stream, at most `limit`; fewer if the file is damaged. */
  read({ start, size }: OleStream, limit: number): Buffer {
    const length = Math.min(size, limit);
    if (size >= this.#header.readUInt32LE(56)) return this.#chain(start, length);
    return this.#readSmall(start, length);
  }

  #entries(): OleStream[] {
    const bytes = this.#chain(this.#header.readUInt32LE(48), longestChain * this.#sectorSize);
    const entries: OleStream[] = [];
    for (let at = 0; at + entrySize <= bytes.length; at += entrySize) {
      const nameSize = bytes.readUInt16LE(at + 64);
      if (bytes[at + 66] === 0 || (bytes[at + 66] ?? 0) > noEntry || nameSize > 64) continue;
      entries.push({
        name: bytes.toString("utf16le", at, at + Math.max(0, nameSize - 2)),
        start: bytes.readUInt32LE(at + 116),
        size: bytes.readUInt32LE(at + 120),
      });
    }
    return entries;
  }

  #sector(number: number): Buffer {
    const start = (number + 1) * this.#sectorSize;
    return this.#file.read(start, start + this.#sectorSize);
  }

  /** Bytes of the sectors that follow one another from this one on. */
  #chain(start: number, length: number): Buffer {
    const parts: Buffer[] = [];
    let sector = start;
    for (let left = length; left > 0 && sector < noSector; left -= this.#sectorSize) {
      const bytes = this.#sector(sector);
      if (bytes.length === 0 || parts.length >= longestChain) break;
      parts.push(bytes);
      sector = this.#next(sector);
    }
    return Buffer.concat(parts).subarray(0, length);
  }

  #next(sector: number): number {
    const perSector = this.#sectorSize / 4;
    const table = Math.floor(sector / perSector);
    if (table >= tableSectors) return noSector;
    const bytes = this.#sector(this.#header.readUInt32LE(76 + 4 * table));
    const at = (sector % perSector) * 4;
    return at + 4 <= bytes.length ? bytes.readUInt32LE(at) : noSector;
  }

  /** Small streams share one, in sectors of 64 bytes with a table of their own. */
  #readSmall(start: number, length: number): Buffer {
    if (!this.#small) return Buffer.alloc(0);
    const all = this.#chain(this.#small.start, this.#small.size);
    const table = this.#chain(this.#header.readUInt32LE(60), longestChain * this.#sectorSize);
    const parts: Buffer[] = [];
    let sector = start;
    for (let left = length; left > 0 && sector < noSector; left -= 64) {
      parts.push(all.subarray(sector * 64, sector * 64 + 64));
      if (sector * 4 + 4 > table.length) break;
      sector = table.readUInt32LE(sector * 4);
    }
    return Buffer.concat(parts).subarray(0, length);
  }
}
