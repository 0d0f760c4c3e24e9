import type { FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";

/** What the header of an image says. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly frames?: number | undefined;
  readonly colors?: string | undefined;
  readonly images?: string | undefined;
}

const chunkLimit = 100_000;
const colorTypes: Readonly<Record<number, string>> = {
  0: "gray",
  2: "RGB",
  3: "palette",
  4: "gray with alpha",
  6: "RGB with alpha",
};

/** PNG, third edition: chunks from byte 8 on, the first of them IHDR; `acTL` makes it animated. */
export async function readPng(file: FileBytes): Promise<ImageHeader> {
  const head = file.read(0, 33);
  let frames: number | undefined;
  let at = 8;
  for (let chunks = 0; chunks < chunkLimit && at + 12 <= file.size; chunks++) {
    const chunk = file.read(at, at + 12);
    const name = chunk.toString("latin1", 4, 8);
    if (name === "acTL") frames = chunk.readUInt32BE(8);
    if (name === "IDAT") break;
    at += 12 + chunk.readUInt32BE(0);
  }
  const colors = `${head.readUInt8(24)} bit ${colorTypes[head.readUInt8(25)] ?? "other"}`;
  const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
  return { width, height, format: frames === undefined ? "PNG" : "animated PNG", frames, colors };
}

/** GIF 89a, appendix A: frames are what 0x2C starts. */
export async function readGif(file: FileBytes, pause: Pause): Promise<ImageHeader> {
  const { bytes } = file;
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  let frames = 0;
  let at = 13 + paletteLength(bytes.readUInt8(10));
  for (; at < bytes.length && bytes[at] !== 0x3b;) {
    await pause();
    const isFrame = bytes[at] === 0x2c;
    if (!isFrame && bytes[at] !== 0x21) break;
    if (isFrame) frames++;
    at = skipBlocks(bytes, isFrame ? at + 11 + paletteLength(bytes[at + 9] ?? 0) : at + 2);
  }
  const format = bytes.toString("latin1", 0, 6) === "GIF87a" ? "GIF 87a" : "GIF 89a";
  return { width, height, format, frames };
}

function paletteLength(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
}

/** The place behind a row of blocks, each with its length before it; one of length 0 is the last. */
function skipBlocks(bytes: Buffer, start: number): number {
  let at = start;
  for (let length = bytes[at]; length !== undefined && length > 0; length = bytes[at])
    at += 1 + length;
  return at + 1;
}

/** JPEG (ITU T.81, B.2): segments up to the frame header, which is of 0xC0 to 0xCF without DHT, JPG and DAC. */
export async function readJpeg(file: FileBytes): Promise<ImageHeader | undefined> {
  let at = 2;
  for (let segments = 0; segments < chunkLimit; segments++) {
    const segment = file.read(at, at + 10);
    if (segment.length < 10 || segment[0] !== 0xff) return undefined;
    const marker = segment.readUInt8(1);
    if (marker === 0xff) at++;
    else if (isFrameHeader(marker)) return frameOf(segment, marker);
    else at += 2 + (marker === 0x01 ? 0 : segment.readUInt16BE(2));
  }
  return undefined;
}

function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function frameOf(segment: Buffer, marker: number): ImageHeader {
  const [width, height] = [segment.readUInt16BE(7), segment.readUInt16BE(5)];
  const isProgressive = [0xc2, 0xc6, 0xca, 0xce].includes(marker);
  return { width, height, format: isProgressive ? "progressive JPEG" : "JPEG" };
}

/** BMP: the header is of OS/2 if it has 12 bytes. Rows go down if the height is negative. */
export async function readBmp(file: FileBytes): Promise<ImageHeader> {
  const head = file.read(0, 30);
  if (head.readUInt32LE(14) === 12)
    return {
      width: head.readUInt16LE(18),
      height: head.readUInt16LE(20),
      format: "BMP of OS/2",
      colors: `${head.readUInt16LE(24)} bits`,
    };
  const [width, height] = [Math.abs(head.readInt32LE(18)), Math.abs(head.readInt32LE(22))];
  return { width, height, format: "BMP", colors: `${head.readUInt16LE(28)} bits` };
}

/** Images of an icon or cursor, each told in 16 bytes; 0 pixels are 256. */
export async function readIcon(file: FileBytes): Promise<ImageHeader | undefined> {
  const head = file.read(0, 6);
  const count = head.readUInt16LE(4);
  const list = file.read(6, 6 + 16 * Math.min(count, 256));
  const sizes: (readonly [number, number])[] = [];
  for (let at = 0; at + 16 <= list.length; at += 16)
    sizes.push([list[at] || 256, list[at + 1] || 256]);
  sizes.sort((one, other) => other[0] - one[0]);
  const [width, height] = sizes[0] ?? [0, 0];
  if (width === 0) return undefined;
  const images = sizes.map(([wide, high]) => `${wide} × ${high}`).join(", ");
  return { width, height, format: head[2] === 2 ? "cursor" : "icon", images };
}

/** The chunks of a RIFF file by name: where their content starts and how long it is. */
export function* riffChunks(file: FileBytes): Generator<readonly [string, number, number]> {
  let at = 12;
  for (let chunks = 0; chunks < chunkLimit && at + 8 <= file.size; chunks++) {
    const head = file.read(at, at + 8);
    const length = head.readUInt32LE(4);
    yield [head.toString("latin1", 0, 4), at + 8, length];
    at += 8 + length + (length % 2);
  }
}
