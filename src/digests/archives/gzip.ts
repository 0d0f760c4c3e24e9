import { toldArchive } from "./archive-list.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import { inflateHead } from "./inflate-head.ts";
import type { Pause } from "../pause.ts";
import { isTar, listTar, type TarSource } from "./tar.ts";
import { inert, told, untilNul } from "../told.ts";
import { counted } from "../words.ts";

/** Bytes that are unpacked to list the TAR in a gzip. */
const inflateLimit = 0x800000;
const headLimit = 0x200;
const nameLimit = 0x400;

/** The name and size of what was packed, and of a TAR its first entries; undefined if it is no gzip. RFC 1952. */
export async function extractGzip(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const head = file.read(0, 10);
  if (head.length < 10 || head.readUInt16BE(0) !== 0x1f8b || head.readUInt8(2) !== 8)
    return undefined;
  const type = file.extension ?? "gz";
  const size = file.read(file.size - 4, file.size).readUInt32LE(0);
  const facts = {
    name: nameOf(file, head),
    changed: dateOf(head.readUInt32LE(4)),
    unpacked: `${counted(size, "byte")} modulo 4 GiB, as it says`,
    ratio: (size / file.size).toFixed(1),
    packed: counted(file.size, "byte"),
  };
  if (!isTar(sourceOf(file, headLimit)))
    return told({ extractor: "archive", type, facts: { format: "gzip", ...facts } });
  const source = sourceOf(file, inflateLimit);
  const { list, isWhole } = await listTar(source, pause);
  const listed =
    isWhole && source.isWhole ? list.facts() : { "entries at its start": list.entries };
  return toldArchive(type, list, { format: "TAR in gzip", ...listed, ...facts });
}

function sourceOf(file: FileBytes, limit: number): TarSource & { readonly isWhole: boolean } {
  const { bytes, isWhole } = inflateHead(file, "gzip", { start: 0, end: file.size, limit });
  return { isWhole, size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

/** An extra field may stand before it. */
function nameOf(file: FileBytes, head: Buffer): string | undefined {
  const flags = head.readUInt8(3);
  if ((flags & 8) === 0) return undefined;
  const extra = (flags & 4) === 0 ? 0 : 2 + file.read(10, 12).readUInt16LE(0);
  return inert(untilNul(file.read(10 + extra, 10 + extra + nameLimit).toString("latin1")));
}

function dateOf(seconds: number): string | undefined {
  return seconds === 0 ? undefined : new Date(seconds * 1000).toISOString().slice(0, 19);
}
