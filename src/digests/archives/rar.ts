import { ArchiveList, toldArchive } from "./archive-list.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { counted } from "../words.ts";
import { untilNul } from "../told.ts";

const mark4 = Buffer.from("Rar!\u001A\u0007\u0000", "latin1");
const mark5 = Buffer.from("Rar!\u001A\u0007\u0001\u0000", "latin1");
const entryLimit = 100_000;
const headerLimit = 0x10000;

interface Found {
  readonly list: ArchiveList;
  /** True if the names themselves are encrypted. */
  isHidden: boolean;
}

/** The entries of a RAR of version 4 or 5 from their headers, which are not packed; undefined if it is none. */
export async function extractRar(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const head = file.read(0, 8);
  const isFive = head.equals(mark5);
  if (!isFive && !head.subarray(0, 7).equals(mark4)) return undefined;
  const found: Found = { list: new ArchiveList(), isHidden: false };
  await readBlocks(file, pause, isFive, found);
  return toldArchive(file.extension ?? "rar", found.list, {
    format: isFive ? "RAR 5" : "RAR 4",
    ...(found.isHidden ? { names: "encrypted" } : found.list.facts()),
    size: counted(file.size, "byte"),
  });
}

async function readBlocks(
  file: FileBytes,
  pause: Pause,
  isFive: boolean,
  found: Found,
): Promise<void> {
  const readBlock = isFive ? readBlock5 : readBlock4;
  let at = isFive ? mark5.length : mark4.length;
  while (at < file.size && found.list.entries < entryLimit) {
    await pause();
    at = readBlock(file, at, found) ?? file.size;
  }
}

/** A block of RAR 4: "technote.txt" of RAR 4.20. Returns where the next one starts, undefined if there is none. */
function readBlock4(file: FileBytes, at: number, found: Found): number | undefined {
  const bytes = file.read(at, at + 7);
  if (bytes.length < 7) return undefined;
  const [kind, flags, size] = [bytes.readUInt8(2), bytes.readUInt16LE(3), bytes.readUInt16LE(5)];
  if (kind === 0x7b || size < 7) return undefined;
  if (kind === 0x73 && (flags & 0x80) !== 0) {
    found.isHidden = true;
    return undefined;
  }
  const head = file.read(at, at + size);
  if (kind === 0x74) return at + size + addFile4(head, flags, found.list);
  return at + size + ((flags & 0x8000) === 0 ? 0 : head.readUInt32LE(7));
}

/** Returns the bytes of content behind the header. */
function addFile4(head: Buffer, flags: number, list: ArchiveList): number {
  const isLarge = (flags & 0x100) !== 0;
  const packed = head.readUInt32LE(7) + (isLarge ? head.readUInt32LE(32) * 2 ** 32 : 0);
  const size = head.readUInt32LE(11) + (isLarge ? head.readUInt32LE(36) * 2 ** 32 : 0);
  const nameAt = isLarge ? 40 : 32;
  const name = head.toString("utf8", nameAt, nameAt + head.readUInt16LE(26));
  list.add({
    path: untilNul(name).replaceAll("\\", "/"),
    size,
    packed,
    isFolder: (flags & 0xe0) === 0xe0,
    isEncrypted: (flags & 4) !== 0,
  });
  return packed;
}

/** A block of RAR 5: "RAR 5.0 archive format". */
function readBlock5(file: FileBytes, at: number, found: Found): number | undefined {
  const header = new Numbers(file.read(at, at + headerLimit), 4);
  const size = header.next();
  const start = header.at;
  const [kind, flags] = [header.next(), header.next()];
  if (kind === 4) found.isHidden = true;
  if (kind === 4 || kind === 5 || size === 0) return undefined;
  const extra = (flags & 1) === 0 ? 0 : header.next();
  const packed = (flags & 2) === 0 ? 0 : header.next();
  if (kind === 2) addFile5(header, { packed, extraAt: start + size - extra, extra }, found.list);
  return at + start + size + packed;
}

interface Sizes {
  readonly packed: number;
  readonly extra: number;
  readonly extraAt: number;
}

function addFile5(header: Numbers, { packed, extra, extraAt }: Sizes, list: ArchiveList): void {
  const flags = header.next();
  const size = header.next();
  header.next();
  header.at += ((flags & 2) === 0 ? 0 : 4) + ((flags & 4) === 0 ? 0 : 4);
  header.next();
  header.next();
  const path = header.text(header.next());
  const isEncrypted = extra > 0 && isExtraEncrypted(header, extraAt, extraAt + extra);
  list.add({
    path,
    size: (flags & 8) === 0 ? size : undefined,
    packed,
    isFolder: (flags & 1) !== 0,
    isEncrypted,
  });
}

/** Records of the extra area: size and kind, 1 of which is encryption. */
function isExtraEncrypted(header: Numbers, start: number, end: number): boolean {
  header.at = start;
  while (header.at < end) {
    const size = header.next();
    const next = header.at + size;
    if (header.next() === 1) return true;
    if (size === 0) return false;
    header.at = next;
  }
  return false;
}

/** Numbers of seven bits a byte, the lowest first; all but the last byte have the eighth bit. */
export class Numbers {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 63; factor *= 128) {
      const byte = this.#bytes.readUInt8(this.at++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number has too many bytes");
  }

  text(length: number): string {
    this.at += length;
    return this.#bytes.toString("utf8", this.at - length, this.at);
  }
}
