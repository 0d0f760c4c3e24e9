import { Inflate } from "fflate";
import type { FileBytes } from "../extraction.ts";

const entryLimit = 10_000;
const sizeLimit = 200 * 1024 * 1024;
const ratioLimit = 100;
/** What inflates to less is no bomb, however well it was compressed. */
const harmlessSize = 1024 * 1024;
const endLength = 22;
const longestComment = 0xffff;
/** Bytes that are unpacked at once: they may become a thousand times as many. */
const chunkSize = 0x1000;

/** One file of a package. */
export interface ZipPart {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  /** In bytes, as the package says. */
  readonly size: number;
  readonly offset: number;
}

/** The files of a package, or why it is not opened. */
export interface ZipParts {
  readonly parts: ReadonlyMap<string, ZipPart>;
  readonly refusal?: string | undefined;
}

/** The files that the directory at the end of a package names. Undefined if there is none. */
export function zipParts(file: FileBytes): ZipParts | undefined {
  const tail = file.read(Math.max(0, file.size - endLength - longestComment), file.size);
  const at = tail.lastIndexOf("PK\u0005\u0006", tail.length - endLength, "latin1");
  if (at === -1 || tail.length < endLength) return undefined;
  const count = tail.readUInt16LE(at + 10);
  const start = tail.readUInt32LE(at + 16);
  if (count > entryLimit) return refused(`more than ${entryLimit.toLocaleString("en-US")} files`);
  const directory = file.read(start, start + tail.readUInt32LE(at + 12));
  const parts = new Map<string, ZipPart>();
  for (let from = 0; parts.size <= entryLimit && from + 46 <= directory.length;) {
    if (directory.readUInt32LE(from) !== 0x02014b50) break;
    const part = partAt(directory, from);
    parts.set(part.name, part);
    from += 46 + [28, 30, 32].reduce((sum, field) => sum + directory.readUInt16LE(from + field), 0);
  }
  const refusal = refusalOf([...parts.values()]);
  return refusal === undefined ? { parts } : refused(refusal);
}

function partAt(directory: Buffer, at: number): ZipPart {
  const nameLength = directory.readUInt16LE(at + 28);
  return {
    name: directory.toString("utf8", at + 46, at + 46 + nameLength),
    method: directory.readUInt16LE(at + 10),
    packed: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
}

function refused(refusal: string): ZipParts {
  return { parts: new Map(), refusal };
}

function refusalOf(parts: readonly ZipPart[]): string | undefined {
  if (parts.length > entryLimit) return `more than ${entryLimit.toLocaleString("en-US")} files`;
  let total = 0;
  for (const { packed, size } of parts) {
    total += size;
    if (size > harmlessSize && size > ratioLimit * packed)
      return `a file packed ${ratioLimit} to 1`;
  }
  return total > sizeLimit ? "more than 200 MB when unpacked" : undefined;
}

/** The bytes of a file of the package, piece by piece. Throws as soon as there are more than the package said, or too many. */
export function* unpacked(file: FileBytes, part: ZipPart): Generator<Uint8Array> {
  const header = file.read(part.offset, part.offset + 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw new Error("no such file");
  if (part.method !== 0 && part.method !== 8) throw new Error(`method ${part.method} is not known`);
  const start = part.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let left = part.size;
  const pieces = part.method === 0 ? chunks(file, start, part) : inflated(file, start, part);
  for (const piece of pieces) {
    left -= piece.length;
    if (left < 0) throw new Error("more bytes than the package says");
    yield piece;
  }
}

function* chunks(file: FileBytes, start: number, { packed }: ZipPart): Generator<Uint8Array> {
  // Not up to where the package says that it ends: that may be far after the end of the file.
  const end = Math.min(start + packed, file.size);
  for (let at = start; at < end; at += chunkSize)
    yield file.read(at, Math.min(at + chunkSize, end));
}

function* inflated(file: FileBytes, start: number, part: ZipPart): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let isDone = false;
  const inflate = new Inflate((piece, isLast) => {
    pieces.push(piece);
    isDone ||= isLast;
  });
  for (const chunk of chunks(file, start, part)) {
    inflate.push(chunk);
    const ready = pieces;
    pieces = [];
    yield* ready;
    if (isDone) return;
  }
}
