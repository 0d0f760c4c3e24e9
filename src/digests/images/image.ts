import exifr from "exifr";
import { imageSize } from "image-size";
import type { Extraction, FileBytes } from "../extraction.ts";
import {
  type ImageHeader,
  readBmp,
  readGif,
  readIcon,
  readJpeg,
  readPng,
  riffChunks,
} from "./image-headers.ts";
import type { Pause } from "../pause.ts";
import { extractTiff } from "./tiff-image.ts";
import { told } from "../told.ts";
import { counted } from "../words.ts";

/** Bytes in which the header, and what the camera wrote, are looked for. */
const headBytes = 0x40000;

type Reader = (file: FileBytes, pause: Pause) => Promise<ImageHeader | undefined>;

/** Readers by the first bytes in hexadecimal. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [/^89504e470d0a1a0a/u, readPng],
  [/^474946383[79]61/u, readGif],
  [/^ffd8ff/u, readJpeg],
  [/^424d.{20}0{0,4}/u, readBmp],
  [/^0000(?:01|02)00(?!0000)/u, readIcon],
  [/^52494646.{8}57454250/u, readWebp],
  [/^.{8}66747970/u, readOther],
  [/^38425053000[12]/u, readOther],
];
const tiff = /^(?:49492[ab]00|4d4d002[ab])/u;

/** Only what is picked is read: where a picture was taken is nobody's business. */
const exifOptions = {
  ifd0: { pick: ["Make", "Model", "Orientation", "ModifyDate"] },
  exif: { pick: ["DateTimeOriginal", "CreateDate", "LensModel"] },
  gps: false,
  interop: false,
  ifd1: false,
  makerNote: false,
  userComment: false,
  xmp: false,
  icc: false,
  iptc: false,
  jfif: false,
  ihdr: false,
  translateValues: false,
  // A date is told as it is written: as a date it would depend on the time zone of this machine.
  reviveValues: false,
};

/** The size of an image in pixels, and what its camera said apart from the place; undefined if it is none. */
export async function extractImage(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const magic = file.read(0, 16).toString("hex");
  if (tiff.test(magic)) return extractTiff(file);
  const read = readers.find(([pattern]) => pattern.test(magic))?.[1];
  const header = await read?.(file, pause);
  if (!header) return undefined;
  const { width, height, format, frames, colors, images } = header;
  return told({
    extractor: "image",
    type: file.extension ?? "image",
    facts: {
      pixels: `${width} × ${height}`,
      format,
      frames,
      colors,
      images,
      ...(await exifOf(file, format)),
      size: counted(file.size, "byte"),
    },
  });
}

async function readWebp(file: FileBytes): Promise<ImageHeader | undefined> {
  const size = sizeOf(file);
  let frames = 0;
  for (const [name] of riffChunks(file)) if (name === "ANMF") frames++;
  if (!size) return undefined;
  return frames > 0
    ? { ...size, format: "animated WebP", frames }
    : { ...size, format: "WebP", frames: undefined };
}

async function readOther(file: FileBytes): Promise<ImageHeader | undefined> {
  return sizeOf(file);
}

/** Undefined if the package finds no image in the first bytes. */
function sizeOf(file: FileBytes): ImageHeader | undefined {
  try {
    const { width, height, type } = imageSize(file.read(0, headBytes));
    return { width, height, format: (type ?? "image").toUpperCase() };
  } catch {
    return undefined;
  }
}

async function exifOf(
  file: FileBytes,
  format: string,
): Promise<Readonly<Record<string, string | number | undefined>>> {
  const tags = await readExif(exifBytes(file, format));
  return {
    camera: textOf(tags["Make"], tags["Model"]),
    lens: textOf(tags["LensModel"]),
    taken: textOf(tags["DateTimeOriginal"] ?? tags["CreateDate"] ?? tags["ModifyDate"]),
    orientation: typeof tags["Orientation"] === "number" ? tags["Orientation"] : undefined,
  };
}

function exifBytes(file: FileBytes, format: string): Buffer | undefined {
  if (/JPEG|PNG|HEI|AVIF/u.test(format)) return file.read(0, headBytes);
  if (!format.includes("WebP")) return undefined;
  for (const [name, start, length] of riffChunks(file))
    if (name === "EXIF") return file.read(start, start + Math.min(length, headBytes));
  return undefined;
}

async function readExif(bytes: Buffer | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (!bytes) return {};
  try {
    // oxlint-disable-next-line import/no-named-as-default-member -- Node finds no named exports in this package
    return ((await exifr.parse(bytes, exifOptions)) ?? {}) as Record<string, unknown>;
  } catch {
    // Damage of what the camera said leaves the picture itself as it is.
    return {};
  }
}

function textOf(...values: readonly unknown[]): string {
  return values.filter((value) => typeof value === "string").join(" ");
}
