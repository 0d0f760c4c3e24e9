import type { Extraction, FileBytes } from "../extraction.ts";
import { Hdf5Reader, type Link, type Message } from "./hdf5-reader.ts";
import type { Pause } from "../pause.ts";
import { inert, told } from "../told.ts";
import { counted, cut } from "../words.ts";

const shownLinks = 30;
/** Types of the messages of an object that are looked at. */
const messages = { space: 1, linkInfo: 2, type: 3, link: 6, symbols: 0x11 } as const;
const ofGroups: ReadonlySet<number> = new Set([messages.symbols, messages.linkInfo, messages.link]);
const classes: readonly string[] =
  "int,float,time,text,bits,opaque,compound,reference,enum,variable length,array".split(",");

/** The version of an HDF5 file and what its root holds; undefined if it is none. */
export async function extractHdf5(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const reader = Hdf5Reader.open(file);
  if (!reader) return undefined;
  const found = linksOf(reader);
  const lines: string[] = [];
  for (const link of (found ?? []).slice(0, shownLinks)) {
    await pause();
    lines.push(`${inert(cut(link.name, 100))}: ${wordsOf(reader, link)}`);
  }
  return told({
    extractor: "array",
    type: file.extension ?? "hdf5",
    facts: {
      format: "HDF5",
      "in the root": found ? counted(found.length, "object") : "not listed",
      superblock: `version ${reader.root.version}`,
      size: counted(file.size, "byte"),
    },
    preview: lines,
    lines,
  });
}

/** Undefined if they stand where they are not simple to find. */
function linksOf(reader: Hdf5Reader): readonly Link[] | undefined {
  try {
    const all = reader.messages(reader.root.at);
    const table = all.find(({ type }) => type === messages.symbols);
    if (table) return reader.symbols(table.bytes);
    const links = all.filter(({ type }) => type === messages.link);
    // Very many links stand in a heap of their own.
    if (links.length === 0 && all.some(isFilledHeap)) return undefined;
    return links.flatMap(({ bytes }) => reader.link(bytes) ?? []);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The address of a heap that is not there has all bits set. */
function isFilledHeap({ type, bytes }: Message): boolean {
  if (type !== messages.linkInfo) return false;
  const start = (bytes.readUInt8(1) & 1) === 0 ? 2 : 10;
  return bytes.subarray(start, start + 8).some((byte) => byte !== 0xff);
}

function wordsOf(reader: Hdf5Reader, { at }: Link): string {
  try {
    const all = reader.messages(at);
    const space = all.find(({ type }) => type === messages.space)?.bytes;
    const type = all.find((message) => message.type === messages.type)?.bytes;
    if (space && type) return `${shapeOf(reader, space)} ${typeOf(type)}`;
    return all.some((message) => ofGroups.has(message.type)) ? "group" : "object";
  } catch (error) {
    if (error instanceof RangeError) return "not readable";
    throw error;
  }
}

function shapeOf(reader: Hdf5Reader, space: Buffer): string {
  const [version, rank] = [space.readUInt8(0), space.readUInt8(1)];
  const start = version === 1 ? 8 : 4;
  const width = Math.floor((space.length - start) / Math.max(1, rank)) >= 8 ? 8 : 4;
  const sizes = Array.from({ length: Math.min(rank, 32) }, (_, index) =>
    reader.length(space, start + index * width),
  );
  return sizes.length === 0 ? "scalar" : sizes.join(" × ");
}

function typeOf(type: Buffer): string {
  const kind = type.readUInt8(0) & 0x0f;
  const size = type.readUInt32LE(4);
  const name = classes[kind] ?? `class ${kind}`;
  if (kind === 0) return `${(type.readUInt8(1) & 8) === 0 ? "u" : ""}int${size * 8}`;
  if (kind === 1) return `float${size * 8}`;
  return kind === 3 ? `text of ${size}` : name;
}
