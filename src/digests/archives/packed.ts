import type { Extraction, FileBytes } from "../extraction.ts";
import { Numbers } from "./rar.ts";
import { told } from "../told.ts";
import { counted } from "../words.ts";

type Facts = Readonly<Record<string, string | number | undefined>>;

/** Readers by the first bytes in hexadecimal. */
const readers: readonly (readonly [RegExp, (file: FileBytes) => Facts])[] = [
  [/^425a683[1-9](?:314159265359|177245385090)/u, bzip2],
  [/^fd377a585a00/u, xz],
  [/^377abcaf271c/u, sevenZip],
  [/^(?:28b52ffd|5.2a4d18)/u, zstd],
];
const recordLimit = 100_000;
/** Bytes read of the index of an XZ. */
const indexLimit = 0x100000;

/** The kind of a packed file, and its unpacked size if that is said; undefined if it is of another kind. */
export async function extractPacked(file: FileBytes): Promise<Extraction | undefined> {
  const magic = file.read(0, 10).toString("hex");
  const read = readers.find(([pattern]) => pattern.test(magic))?.[1];
  if (!read) return undefined;
  const facts = { ...read(file), packed: counted(file.size, "byte") };
  return told({ extractor: "archive", type: file.extension ?? "archive", facts });
}

function bzip2(file: FileBytes): Facts {
  const level = Number(file.read(3, 4).toString("latin1"));
  return { format: "bzip2", "block size": `${level * 100} kB`, unpacked: "not said" };
}

/** ".xz file format" 1.2.1: the footer says how long the index is, which has the sizes of all blocks. */
function xz(file: FileBytes): Facts {
  const footer = file.read(Math.max(0, file.size - 12), file.size);
  const sizes = footer.toString("latin1", 10, 12) === "YZ" ? xzSizes(file, footer) : undefined;
  return {
    format: "XZ",
    blocks: sizes?.blocks,
    unpacked: sizes ? counted(sizes.unpacked, "byte") : "not said",
    ratio: sizes && (sizes.unpacked / file.size).toFixed(1),
  };
}

function xzSizes(
  file: FileBytes,
  footer: Buffer,
): { blocks: number; unpacked: number } | undefined {
  const length = 4 * (footer.readUInt32LE(4) + 1);
  const at = file.size - 12 - length;
  if (at < 0 || length > indexLimit) return undefined;
  const index = new Numbers(file.read(at, at + length), 0);
  if (index.next() !== 0) return undefined;
  const blocks = index.next();
  if (blocks > recordLimit) return undefined;
  let unpacked = 0;
  for (let block = 0; block < blocks; block++) {
    index.next();
    unpacked += index.next();
  }
  return { blocks, unpacked };
}

/** "7zFormat.txt" of the LZMA SDK: the names stand in a header at the end, which is nearly always packed itself. */
function sevenZip(file: FileBytes): Facts {
  const head = file.read(0, 32);
  const [at, length] = [Number(head.readBigUInt64LE(12)), Number(head.readBigUInt64LE(20))];
  const [kind] = file.read(32 + at, 33 + at);
  const isWhole = 32 + at + length <= file.size;
  return {
    format: `7z ${head.readUInt8(6)}.${head.readUInt8(7)}`,
    names: kind === 1 ? "in a plain header, not listed" : "in a packed header, not listed",
    damage: isWhole ? undefined : "shorter than it says",
  };
}

/** RFC 8878, 3.1.1: the descriptor says how wide the size is. Frames to be skipped may stand before it. */
function zstd(file: FileBytes): Facts {
  let at = 0;
  for (let frames = 0; frames < 100; frames++) {
    const head = file.read(at, at + 8);
    if (head.length < 8 || (head.readUInt32LE(0) & 0xfffffff0) >>> 0 !== 0x184d2a50) break;
    at += 8 + head.readUInt32LE(4);
  }
  const frame = file.read(at, at + 18);
  const size =
    frame.length >= 5 && frame.readUInt32LE(0) === 0xfd2fb528 ? zstdSize(frame) : undefined;
  return {
    format: "ZSTD",
    unpacked: size === undefined ? "not said" : counted(size, "byte"),
    ratio: size === undefined ? undefined : (size / file.size).toFixed(1),
  };
}

/** Of the first frame: there may be more. */
function zstdSize(frame: Buffer): number | undefined {
  const descriptor = frame.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const kind = descriptor >> 6;
  if (kind === 3) return Number(frame.readBigUInt64LE(at));
  if (kind === 2) return frame.readUInt32LE(at);
  if (kind === 1) return frame.readUInt16LE(at) + 256;
  return isSingle ? frame.readUInt8(at) : undefined;
}
