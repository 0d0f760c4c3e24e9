import { ArchiveList, toldArchive } from "./archive-list.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { untilNul } from "../told.ts";

const block = 512;
const entryLimit = 200_000;
/** Bytes read of an extended header. */
const extendedLimit = 0x10000;

/** A header block. POSIX.1-2017, pax, "ustar Interchange Format". */
interface Header {
  readonly path: string;
  readonly size: number;
  readonly kind: string;
}

/** What extended headers say of the next entry. */
interface Extended {
  path?: string | undefined;
  size?: number | undefined;
}

/** The part of a file that is looked at. */
export type TarSource = Pick<FileBytes, "read" | "size">;

/** The entries of a TAR from their headers; undefined if the first block is none. */
export async function extractTar(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  if (!isTar(file)) return undefined;
  const { list, isWhole } = await listTar(file, pause);
  return toldArchive(file.extension ?? "tar", list, {
    format: "TAR",
    ...list.facts(),
    damage: isWhole ? undefined : "not read to the end",
  });
}

/** True if the first block is a header whose sum is right. */
export function isTar(source: TarSource): boolean {
  return readHeader(source.read(0, block)) !== undefined;
}

/** `isWhole` is false if the last header that was looked at is not the end. */
export async function listTar(
  source: TarSource,
  pause: Pause,
): Promise<{ list: ArchiveList; isWhole: boolean }> {
  const list = new ArchiveList();
  let extended: Extended = {};
  let at = 0;
  while (list.entries < entryLimit && at + block <= source.size) {
    await pause();
    const bytes = source.read(at, at + block);
    const header = readHeader(bytes);
    if (!header) return { list, isWhole: bytes.every((byte) => byte === 0) };
    const size = extended.size ?? header.size;
    if ("xLK".includes(header.kind)) Object.assign(extended, readExtended(source, at, header));
    else if (header.kind !== "g") {
      list.add(entryOf(header, extended));
      extended = {};
    }
    at += block + Math.ceil((hasContent(header.kind) ? size : 0) / block) * block;
  }
  return { list, isWhole: at >= source.size && list.entries < entryLimit };
}

/** Links, devices, folders and pipes have none, whatever size they say. */
function hasContent(kind: string): boolean {
  return !"123456".includes(kind);
}

function entryOf(
  { path, size, kind }: Header,
  extended: Extended,
): Parameters<ArchiveList["add"]>[0] {
  const name = extended.path ?? path;
  return {
    path: name,
    size: hasContent(kind) ? (extended.size ?? size) : undefined,
    isFolder: kind === "5" || name.endsWith("/"),
    isLink: kind === "1" || kind === "2",
  };
}

function readHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < block || !isSumRight(bytes)) return undefined;
  const isUstar = bytes.toString("latin1", 257, 262) === "ustar";
  const name = untilNul(bytes.toString("utf8", 0, 100));
  // GNU's own headers have other things in the place of the prefix.
  const isPosix = isUstar && bytes[262] === 0;
  const prefix = isPosix ? untilNul(bytes.toString("utf8", 345, 500)) : "";
  const kind = bytes.toString("latin1", 156, 157);
  return { path: prefix ? `${prefix}/${name}` : name, size: sizeOf(bytes), kind };
}

/** Octal digits, or a binary number whose first bit is set. Not more than JavaScript can count. */
function sizeOf(bytes: Buffer): number {
  if ((bytes.readUInt8(124) & 0x80) === 0)
    return Number.parseInt(untilNul(bytes.toString("latin1", 124, 136)), 8) || 0;
  return Math.min(Number(bytes.readBigUInt64BE(128)), Number.MAX_SAFE_INTEGER);
}

/** The sum of all bytes, those of the sum itself taken as spaces. */
function isSumRight(bytes: Buffer): boolean {
  const said = Number.parseInt(untilNul(bytes.toString("latin1", 148, 156)), 8);
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 32 : (bytes[at] ?? 0);
  return sum === said;
}

/** A long name of GNU, or records of PAX: `length key=value`, each on a line. */
function readExtended(source: TarSource, at: number, { kind, size }: Header): Extended {
  const start = at + block;
  const text = source.read(start, start + Math.min(size, extendedLimit)).toString("utf8");
  if (kind === "L") return { path: untilNul(text) };
  if (kind === "K") return {};
  const found: Extended = {};
  for (const [, key, value = ""] of text.matchAll(/^\d+ (path|size)=(.*)$/gmu)) {
    if (key === "path") found.path = value;
    else found.size = Math.min(Number.parseInt(value, 10) || 0, Number.MAX_SAFE_INTEGER);
  }
  return found;
}
