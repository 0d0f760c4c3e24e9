import type { Extraction, FileBytes } from "../extraction.ts";
import { extractHdf5 } from "./hdf5.ts";
import { inflateHead } from "../archives/inflate-head.ts";
import type { Pause } from "../pause.ts";
import { inert, told, untilNul } from "../told.ts";
import { counted } from "../words.ts";

/** "MAT-File Format" of MATLAB, version 5: a header of 128 bytes, then elements with a tag of 8. */
const headerBytes = 128;
const variableLimit = 10_000;
const shownLimit = 40;
const matrix = 14;
const compressed = 15;
/** Bytes unpacked of a variable to see its name and size. */
const headLimit = 0x1000;
const classes: readonly string[] =
  "unknown cell struct object char sparse double single int8 uint8 int16 uint16 int32 uint32 int64 uint64 function opaque".split(
    " ",
  );

/** The variables of a MAT file with their classes and sizes; undefined if it is none of version 5 or later. */
export async function extractMatlab(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const head = file.read(0, headerBytes);
  const order = head.toString("latin1", 126, 128);
  if (head.length < headerBytes || (order !== "IM" && order !== "MI")) return undefined;
  const isLittle = order === "IM";
  const version = isLittle ? head.readUInt16LE(124) : head.readUInt16BE(124);
  const title = inert(untilNul(head.toString("latin1", 0, 116)));
  if (version === 0x0200) return laterThan5(file, pause, title);
  return version === 0x0100 ? version5(file, pause, { title, isLittle }) : undefined;
}

async function version5(
  file: FileBytes,
  pause: Pause,
  { title, isLittle }: { title: string; isLittle: boolean },
): Promise<Extraction> {
  const lines: string[] = [];
  let variables = 0;
  for (let at = headerBytes; at + 8 <= file.size && variables < variableLimit; variables++) {
    await pause();
    const tag = new Words(file.read(at, at + 8), isLittle);
    if (lines.length < shownLimit) lines.push(lineOf(file, at, isLittle));
    at += 8 + tag.at(4);
  }
  return told({
    extractor: "array",
    type: file.extension ?? "mat",
    facts: { variables, format: "MAT 5", written: title, size: counted(file.size, "byte") },
    preview: lines,
    lines,
  });
}

async function laterThan5(
  file: FileBytes,
  pause: Pause,
  title: string,
): Promise<Extraction | undefined> {
  const inner = await extractHdf5(file, pause);
  const facts = Object.fromEntries((inner?.facts ?? []).map(({ name, value }) => [name, value]));
  return told({
    extractor: "array",
    type: file.extension ?? "mat",
    facts: { ...facts, format: "MAT 7.3, which is HDF5", written: title },
    preview: inner?.preview ?? [],
    lines: (inner?.preview ?? []).map(String),
  });
}

function lineOf(file: FileBytes, at: number, isLittle: boolean): string {
  const tag = new Words(file.read(at, at + 8), isLittle);
  const end = at + 8 + tag.at(4);
  if (tag.at(0) === matrix) return wordsOf(new Words(file.read(at + 8, at + headLimit), isLittle));
  if (tag.at(0) !== compressed) return `element of type ${tag.at(0)}`;
  const { bytes } = inflateHead(file, "zlib", { start: at + 8, end, limit: headLimit });
  return wordsOf(new Words(bytes.subarray(8), isLittle));
}

/** Flags, sizes and name stand before the values, in this order. */
function wordsOf(words: Words): string {
  if (words.length < 24) return "not readable";
  const flags = words.at(8);
  const sizes = words.element(16);
  const name = words.element(sizes.end);
  const isComplex = (flags & 0x800) !== 0;
  const isLogical = (flags & 0x200) !== 0;
  const kind = isLogical ? "logical" : (classes[flags & 0xff] ?? `class ${flags & 0xff}`);
  const shape = Array.from({ length: Math.min(8, Math.floor(sizes.length / 4)) }, (_, index) =>
    words.at(sizes.start + 4 * index),
  );
  const label = inert(words.text(name.start, Math.min(name.length, 100))) || "(without a name)";
  return `${label}: ${shape.join(" × ")} ${isComplex ? "complex " : ""}${kind}`;
}

/** Numbers of 32 bits in the order of bytes of the file. */
class Words {
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;

  constructor(bytes: Buffer, isLittle: boolean) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
  }

  get length(): number {
    return this.#bytes.length;
  }

  at(place: number): number {
    return this.#isLittle ? this.#bytes.readUInt32LE(place) : this.#bytes.readUInt32BE(place);
  }

  text(start: number, length: number): string {
    return this.#bytes.toString("latin1", start, start + length);
  }

  /** Where the content of an element is: one of up to four bytes stands in its own tag. */
  element(place: number): { start: number; length: number; end: number } {
    const word = this.at(place);
    const small = word >>> 16;
    if (small > 0) return { start: place + 4, length: small, end: place + 8 };
    const length = this.at(place + 4);
    return { start: place + 8, length, end: place + 8 + Math.ceil(length / 8) * 8 };
  }
}
