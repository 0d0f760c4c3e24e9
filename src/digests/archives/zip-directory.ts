import { isUtf8 } from "node:buffer";
import type { FileBytes } from "../extraction.ts";

/** An entry of the central directory. */
export interface ZipEntry {
  readonly path: string;
  readonly size: number;
  readonly packed: number;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Where the local header stands. */
  readonly at: number;
}

/** The central directory of a ZIP: where it stands, and what is said of it. */
export interface ZipDirectory {
  readonly start: number;
  readonly end: number;
  /** As the archive says. */
  readonly said: number;
  /** Bytes before the archive, for example of a program that unpacks it. */
  readonly shift: number;
  readonly isZip64: boolean;
  readonly comment: string;
}

/** Signatures, sizes and places: PKWARE APPNOTE 6.3.10, 4.3.12 to 4.3.16. */
const entryMark = 0x02014b50;
const endMark = Buffer.from("PK\u0005\u0006", "latin1");
const locatorMark = 0x07064b50;
const end64Mark = 0x06064b50;
const endBytes = 22;
const entryBytes = 46;
const commentLimit = 0xffff;
const chunkBytes = 0x40000;
const full16 = 0xffff;
const full32 = 0xffffffff;

/** Undefined if the file has no end of a central directory. */
export function findDirectory(file: FileBytes): ZipDirectory | undefined {
  const start = Math.max(0, file.size - endBytes - commentLimit);
  const tail = file.read(start, file.size);
  for (let at = tail.length; at > 0;) {
    at = tail.lastIndexOf(endMark, at - 1);
    if (at === -1) return undefined;
    if (at + endBytes > tail.length) continue;
    if (at + endBytes + tail.readUInt16LE(at + 20) <= tail.length)
      return directoryAt(file, tail.subarray(at), start + at);
  }
  return undefined;
}

function directoryAt(file: FileBytes, end: Buffer, endAt: number): ZipDirectory {
  const comment = end.toString("utf8", endBytes, endBytes + Math.min(200, end.readUInt16LE(20)));
  const plain = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)] as const;
  const isFull = plain[0] === full16 || plain[1] === full32 || plain[2] === full32;
  const wide = isFull ? readEnd64(file, endAt) : undefined;
  const [said, size, offset] = wide?.numbers ?? plain;
  const directoryEnd = wide?.at ?? endAt;
  // The directory ends where its end record starts, whatever stands before the archive.
  const start = Math.max(0, directoryEnd - size);
  const shift = start - offset;
  const isShifted = shift > 0 && markAt(file, offset) !== entryMark;
  const isZip64 = wide !== undefined;
  return isShifted
    ? { start, end: directoryEnd, said, shift, isZip64, comment }
    : { start: offset, end: Math.min(offset + size, file.size), said, shift: 0, isZip64, comment };
}

function markAt(file: FileBytes, at: number): number | undefined {
  const bytes = file.read(at, at + 4);
  return bytes.length === 4 ? bytes.readUInt32LE(0) : undefined;
}

function readEnd64(
  file: FileBytes,
  endAt: number,
): { at: number; numbers: readonly [number, number, number] } | undefined {
  if (endAt < 20) return undefined;
  const locator = file.read(endAt - 20, endAt);
  if (locator.readUInt32LE(0) !== locatorMark) return undefined;
  const at = Number(locator.readBigUInt64LE(8));
  const end = file.read(at, at + 56);
  if (end.length < 56 || end.readUInt32LE(0) !== end64Mark) return undefined;
  const [said = 0, size = 0, offset = 0] = [32, 40, 48].map((place) =>
    Number(end.readBigUInt64LE(place)),
  );
  return { at, numbers: [said, size, offset] };
}

/** The entries of a directory, up to the first that is none. */
export function* zipEntries(file: FileBytes, directory: ZipDirectory): Generator<ZipEntry> {
  let { start } = directory;
  let chunk = Buffer.alloc(0);
  let at = 0;
  while (start + at + entryBytes <= directory.end) {
    // Names, extra fields and comments take 64 KiB each at most.
    const isLast = start + chunk.length >= directory.end;
    if (!isLast && at + entryBytes + 3 * full16 > chunk.length) {
      start += at;
      at = 0;
      chunk = Buffer.from(file.read(start, Math.min(start + chunkBytes, directory.end)));
    }
    if (chunk.readUInt32LE(at) !== entryMark) return;
    const lengths = [28, 30, 32].map((place) => chunk.readUInt16LE(at + place));
    const length = lengths.reduce((sum, part) => sum + part, entryBytes);
    yield entryOf(chunk.subarray(at, at + length), directory.shift);
    at += length;
  }
}

function entryOf(bytes: Buffer, shift: number): ZipEntry {
  const nameEnd = entryBytes + bytes.readUInt16LE(28);
  const name = bytes.subarray(entryBytes, nameEnd);
  const extra = bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30));
  const [size, packed, at] = wideNumbers(extra, [
    bytes.readUInt32LE(24),
    bytes.readUInt32LE(20),
    bytes.readUInt32LE(42),
  ]);
  return {
    path: name.toString(isUtf8(name) ? "utf8" : "latin1"),
    size,
    packed,
    method: bytes.readUInt16LE(10),
    isEncrypted: (bytes.readUInt16LE(8) & 1) !== 0,
    at: at + shift,
  };
}

type Numbers = readonly [size: number, packed: number, at: number];

/** Numbers that are too large for 32 bits stand in an extra field, one after the other. APPNOTE, 4.5.3. */
function wideNumbers(extra: Buffer, numbers: Numbers): Numbers {
  if (!numbers.includes(full32)) return numbers;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let place = at + 4;
    const wide = numbers.map((number) => {
      if (number !== full32 || place + 8 > extra.length) return number;
      place += 8;
      return Number(extra.readBigUInt64LE(place - 8));
    });
    return [wide[0] ?? 0, wide[1] ?? 0, wide[2] ?? 0];
  }
  return numbers;
}

/** Where the content of an entry starts, behind its local header; undefined if that is none. */
export function contentAt(file: FileBytes, { at }: ZipEntry): number | undefined {
  const head = file.read(at, at + 30);
  if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) return undefined;
  return at + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
}
