import type { Extraction, FileBytes } from "../extraction.ts";
import { readTiff, type Tiff } from "./tiff.ts";
import { shortNumber, told } from "../told.ts";
import { counted } from "../words.ts";

/** Tags of TIFF 6.0, and of GeoTIFF 1.1 (OGC 19-008r4). */
const tags = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  make: 271,
  model: 272,
  orientation: 274,
  samples: 277,
  date: 306,
  sampleFormat: 339,
  pixelScale: 33550,
  tiePoint: 33922,
  geoKeys: 34735,
  geoCitations: 34737,
  noData: 42113,
} as const;

const compressions: Readonly<Record<number, string>> = {
  1: "none",
  2: "CCITT",
  3: "CCITT G3",
  4: "CCITT G4",
  5: "LZW",
  6: "old JPEG",
  7: "JPEG",
  8: "deflate",
  32773: "PackBits",
  32946: "deflate",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  50000: "ZSTD",
  50001: "WebP",
};
const sampleFormats: readonly string[] = ["", "unsigned", "signed", "float"];
const modelTypes: readonly string[] = ["", "projected", "geographic", "geocentric"];
/** Keys of GeoTIFF that hold the code of a coordinate system, the wider one first. */
const projectedKey = 3072;
const geographicKey = 2048;
const modelKey = 1024;
const userDefined = 32767;

/** The size of a TIFF in pixels, what each pixel holds, and where on Earth it lies; undefined if it is none. */
export async function extractTiff(file: FileBytes): Promise<Extraction | undefined> {
  const tiff = readTiff(file);
  if (!tiff) return undefined;
  const [width, height] = [first(tiff, tags.width), first(tiff, tags.height)];
  if (width === undefined || height === undefined) return undefined;
  const compression = first(tiff, tags.compression) ?? 1;
  return told({
    extractor: "image",
    type: file.extension ?? "tiff",
    facts: {
      pixels: `${width} × ${height}`,
      format: formatOf(tiff),
      bands: first(tiff, tags.samples) ?? 1,
      "bits per band": bitsOf(tiff),
      compression: compressions[compression] ?? `number ${compression}`,
      pages: tiff.directories > 1 ? tiff.directories : undefined,
      ...placeOf(tiff),
      camera: [tiff.text(tags.make), tiff.text(tags.model)].filter(Boolean).join(" "),
      date: tiff.text(tags.date),
      orientation: first(tiff, tags.orientation),
      size: counted(file.size, "byte"),
    },
  });
}

function first(tiff: Tiff, tag: number): number | undefined {
  return tiff.numbers(tag)[0];
}

function formatOf(tiff: Tiff): string {
  const name = tiff.numbers(tags.geoKeys).length > 0 ? "GeoTIFF" : "TIFF";
  return tiff.isBig ? `Big${name}` : name;
}

function bitsOf(tiff: Tiff): string {
  const bits = [...new Set(tiff.numbers(tags.bits))].slice(0, 8);
  const format = sampleFormats[first(tiff, tags.sampleFormat) ?? 1] ?? "other";
  return `${bits.length > 0 ? bits.join(", ") : 1} ${format}`;
}

/** What only a GeoTIFF says. */
function placeOf(tiff: Tiff): Readonly<Record<string, string | undefined>> {
  if (tiff.numbers(tags.geoKeys).length === 0) return {};
  return {
    CRS: crsOf(tiff),
    "pixel scale": tiff.numbers(tags.pixelScale).slice(0, 2).map(shortNumber).join(" × "),
    "tie point": tiePointOf(tiff),
    "no data": tiff.text(tags.noData),
  };
}

function tiePointOf(tiff: Tiff): string | undefined {
  const values = tiff.numbers(tags.tiePoint);
  if (values.length < 6) return undefined;
  const [i = 0, j = 0, , x = 0, y = 0] = values;
  return `pixel ${shortNumber(i)}, ${shortNumber(j)} at ${shortNumber(x)}, ${shortNumber(y)}`;
}

/** The directory of keys holds four numbers each: key, place, count and value. GeoTIFF 1.1, 7.1.2. */
function crsOf(tiff: Tiff): string | undefined {
  const all = tiff.numbers(tags.geoKeys);
  const keys = new Map<number, number>();
  for (let at = 4; at + 3 < all.length; at += 4)
    if (all[at + 1] === 0) keys.set(all[at] ?? 0, all[at + 3] ?? 0);
  const code = keys.get(projectedKey) ?? keys.get(geographicKey);
  const name = tiff.text(tags.geoCitations)?.replaceAll("|", " ").trim();
  const model = modelTypes[keys.get(modelKey) ?? 0];
  const system = code === undefined || code === userDefined ? "user-defined" : `EPSG:${code}`;
  return [system, model, name].filter(Boolean).join(", ");
}
