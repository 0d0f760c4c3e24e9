import { readSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { invalid } from "./archive-format.ts";
import type { EachPiece } from "./blobs.ts";
import type { LocalFile } from "./local-file.ts";
import type { ReadOptions } from "./read-file.ts";

/** An open archive. */
export interface OpenArchive extends Pick<ReadOptions, "turns" | "signal"> {
  readonly file: LocalFile;
  readonly descriptor: number;
  /** Size in bytes. */
  readonly size: number;
}

/** What the directory of an archive says of one entry. */
export interface ArchiveEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  /** Size in bytes, as it lies in the archive. */
  readonly packedBytes: number;
  /** Size in bytes, unpacked. */
  readonly bytes: number;
  /** Where the entry's own header begins. */
  readonly offset: number;
}

/**
 * Calls `take` with the unpacked bytes of an entry. Throws `archive-invalid` as soon as they are more than the directory says, and at the end
 * if they are fewer or other ones.
 */
export async function eachPieceOf(
  archive: OpenArchive,
  entry: ArchiveEntry,
  take: Parameters<EachPiece>[0],
): Promise<void> {
  let bytes = 0;
  let crc = 0;
  const takeAll = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const piece of pieces) {
      await archive.turns.pause(archive.signal);
      bytes += piece.length;
      if (bytes > entry.bytes) throw flaw(archive, `${entry.name} holds more than it says`);
      crc = crc32(piece, crc);
      await take(piece);
    }
  };
  const packed = packedPieces(archive, entry);
  if (entry.isDeflated) await inflate(archive, entry, packed, takeAll);
  else await takeAll(packed);
  if (bytes !== entry.bytes || crc !== entry.crc) throw flaw(archive, damaged(entry));
}

/** The bytes at a place in the archive. Throws `archive-invalid` if it ends before them. */
export function readAt(archive: OpenArchive, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const read = readSync(archive.descriptor, bytes, at, length - at, position + at);
    if (read === 0) throw flaw(archive, "it ends too early");
    at += read;
  }
  return bytes;
}

/** The error of an archive that is not what it should be. */
export function flaw({ file }: OpenArchive, reason: string, cause?: unknown): Error {
  return invalid(file.name, reason, cause);
}

function damaged({ name }: ArchiveEntry): string {
  return `${name} is damaged`;
}

// PKWARE APPNOTE 4.3.7: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
const headerSignature = 0x04034b50;
const headerBytes = 30;

const packedPieceBytes = 64 * 1024;

async function* packedPieces(archive: OpenArchive, entry: ArchiveEntry): AsyncGenerator<Buffer> {
  const header = readAt(archive, entry.offset, headerBytes);
  const nameBytes = header.readUInt16LE(26);
  const name = readAt(archive, entry.offset + headerBytes, nameBytes).toString("latin1");
  if (header.readUInt32LE(0) !== headerSignature || name !== entry.name) {
    throw flaw(archive, damaged(entry));
  }
  let position = entry.offset + headerBytes + nameBytes + header.readUInt16LE(28);
  for (let left = entry.packedBytes; left > 0;) {
    await archive.turns.pause(archive.signal);
    // Not one memory for all: the unpacking still reads a piece while the next one is fetched.
    const piece = readAt(archive, position, Math.min(left, packedPieceBytes));
    yield piece;
    position += piece.length;
    left -= piece.length;
  }
}

async function inflate(
  archive: OpenArchive,
  entry: ArchiveEntry,
  packed: AsyncIterable<Buffer>,
  takeAll: (pieces: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const inflater = createInflateRaw();
  try {
    await pipeline(packed, inflater, takeAll);
  } catch (error) {
    throw isDeflateError(error) ? flaw(archive, damaged(entry), error) : error;
  }
  if (inflater.bytesWritten !== entry.packedBytes) throw flaw(archive, damaged(entry));
}

/** True for what the unpacking throws at bytes that it does not understand, that end too early or go on after their end. */
function isDeflateError(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const code = String(error.code);
  return code.startsWith("Z_") || code === "ERR_STREAM_PREMATURE_CLOSE";
}
