import type { FileBytes } from "../extraction.ts";

/** HDF5 File Format Specification 3.0. */
const mark = Buffer.from("\u0089HDF\r\n\u001A\n", "latin1");
const nodeLimit = 2000;
const linkLimit = 10_000;
const blockLimit = 0x100000;

/** A link of a group: where the header of its object stands. */
export interface Link {
  readonly name: string;
  readonly at: number;
}

/** The root of a file. */
export interface Root {
  readonly version: number;
  readonly at: number;
}

/** A message of the header of an object. */
export interface Message {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Where the superblock is looked for: at 0, 512 and each double of that. Section II. */
function findSuperblock(file: FileBytes): number | undefined {
  for (let at = 0; at < Math.min(file.size, 2 ** 40); at = at === 0 ? 512 : at * 2)
    if (file.read(at, at + mark.length).equals(mark)) return at;
  return undefined;
}

/** Reads HDF5 by ranges. Throws a `RangeError` where the file is too short. */
export class Hdf5Reader {
  readonly root: Root;
  readonly #file: FileBytes;
  readonly #base: number;
  readonly #offsetWidth: number;
  readonly #lengthWidth: number;

  private constructor(file: FileBytes, base: number) {
    const head = file.read(base, base + 128);
    const version = head.readUInt8(8);
    const isOld = version < 2;
    this.#file = file;
    this.#base = base;
    this.#offsetWidth = head.readUInt8(isOld ? 13 : 9);
    this.#lengthWidth = head.readUInt8(isOld ? 14 : 10);
    for (const width of [this.#offsetWidth, this.#lengthWidth])
      if (![2, 4, 8].includes(width)) throw new RangeError("no width of numbers");
    const entry = (version === 0 ? 24 : 28) + 4 * this.#offsetWidth;
    const place = isOld ? entry + this.#offsetWidth : 12 + 3 * this.#offsetWidth;
    this.root = { version, at: this.offset(head, place) };
  }

  /** Undefined if the file has no superblock. */
  static open(file: FileBytes): Hdf5Reader | undefined {
    const base = findSuperblock(file);
    return base === undefined ? undefined : new Hdf5Reader(file, base);
  }

  /** An address in bytes: one that is not defined is beyond the end. */
  offset(bytes: Buffer, at: number): number {
    return numberAt(bytes, at, this.#offsetWidth);
  }

  length(bytes: Buffer, at: number): number {
    return numberAt(bytes, at, this.#lengthWidth);
  }

  #read(at: number, length: number): Buffer {
    const start = this.#base + at;
    return this.#file.read(start, start + Math.min(length, blockLimit));
  }

  /** The messages of the header of an object. Section IV.A. */
  messages(at: number): readonly Message[] {
    const head = this.#read(at, 64);
    const found: Message[] = [];
    if (head.toString("latin1", 0, 4) !== "OHDR") {
      if (head.readUInt8(0) !== 1) throw new RangeError("no header of an object");
      this.#addOld(found, [at + 16, head.readUInt32LE(8)]);
      return found;
    }
    const flags = head.readUInt8(5);
    const sizeAt = 6 + ((flags & 0x20) === 0 ? 0 : 16) + ((flags & 0x10) === 0 ? 0 : 4);
    const width = 1 << (flags & 3);
    const length = numberAt(head, sizeAt, width);
    this.#addNew(found, [at + sizeAt + width, length], (flags & 4) === 0 ? 4 : 6);
    return found;
  }

  #addOld(found: Message[], first: readonly [number, number]): void {
    const blocks = [first];
    for (const [start, length] of blocks) {
      const block = this.#read(start, length);
      for (let at = 0; at + 8 <= block.length;) {
        const [type, size] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)];
        const bytes = block.subarray(at + 8, at + 8 + size);
        found.push({ type, bytes });
        if (type === 0x10 && blocks.length < 100)
          blocks.push([this.offset(bytes, 0), this.length(bytes, this.#offsetWidth)]);
        at += 8 + size;
      }
    }
  }

  #addNew(found: Message[], first: readonly [number, number], headWidth: number): void {
    const blocks = [first];
    for (const [start, length] of blocks) {
      const block = this.#read(start, length);
      for (let at = 0; at + headWidth <= block.length;) {
        const [type, size] = [block.readUInt8(at), block.readUInt16LE(at + 1)];
        const bytes = block.subarray(at + headWidth, at + headWidth + size);
        found.push({ type, bytes });
        // A further block starts with a signature and ends with a sum, of four bytes each.
        if (type === 0x10 && blocks.length < 100)
          blocks.push([this.offset(bytes, 0) + 4, this.length(bytes, this.#offsetWidth) - 8]);
        at += headWidth + size;
      }
    }
  }

  /** The links of a group with a symbol table. Section III.A to III.D. */
  symbols(message: Buffer): readonly Link[] {
    const names = this.#heap(this.offset(message, this.#offsetWidth));
    const links: Link[] = [];
    const queue = [this.offset(message, 0)];
    const seen = new Set<number>();
    for (const at of queue) {
      if (seen.has(at) || seen.size >= nodeLimit || links.length >= linkLimit) break;
      seen.add(at);
      const node = this.#read(at, 0x10000);
      if (node.toString("latin1", 0, 4) === "SNOD") this.#addSymbols(links, node, names);
      else queue.push(...this.#children(node));
    }
    return links;
  }

  #heap(at: number): Buffer {
    const head = this.#read(at, 8 + 2 * this.#lengthWidth + this.#offsetWidth);
    if (head.toString("latin1", 0, 4) !== "HEAP") throw new RangeError("no heap of names");
    return this.#read(this.offset(head, 8 + 2 * this.#lengthWidth), this.length(head, 8));
  }

  /** Keys and addresses take turns. */
  #children(node: Buffer): readonly number[] {
    if (node.toString("latin1", 0, 4) !== "TREE") throw new RangeError("no tree of a group");
    const start = 8 + 2 * this.#offsetWidth + this.#lengthWidth;
    const step = this.#offsetWidth + this.#lengthWidth;
    const count = Math.min(node.readUInt16LE(6), nodeLimit);
    return Array.from({ length: count }, (_, index) => this.offset(node, start + index * step));
  }

  #addSymbols(links: Link[], node: Buffer, names: Buffer): void {
    const step = 2 * this.#offsetWidth + 24;
    const count = node.readUInt16LE(6);
    for (let index = 0; index < count && links.length < linkLimit; index++) {
      const at = 8 + index * step;
      const start = this.offset(node, at);
      const end = names.indexOf(0, start);
      const name = names.toString("utf8", start, end === -1 ? names.length : end);
      links.push({ name, at: this.offset(node, at + this.#offsetWidth) });
    }
  }

  /** A link message: undefined if it is no hard link. Section IV.A.2.g. */
  link(bytes: Buffer): Link | undefined {
    const flags = bytes.readUInt8(1);
    const kind = (flags & 8) === 0 ? 0 : bytes.readUInt8(2);
    const at = 2 + ((flags & 8) === 0 ? 0 : 1) + ((flags & 4) === 0 ? 0 : 8);
    const lengthAt = at + ((flags & 0x10) === 0 ? 0 : 1);
    const width = 1 << (flags & 3);
    const nameAt = lengthAt + width;
    const end = nameAt + numberAt(bytes, lengthAt, width);
    if (kind !== 0) return undefined;
    return { name: bytes.toString("utf8", nameAt, end), at: this.offset(bytes, end) };
  }
}

/** A number of 1, 2, 4 or 8 bytes. */
function numberAt(bytes: Buffer, at: number, width: number): number {
  return width === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, width);
}
