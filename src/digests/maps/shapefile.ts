import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { boxOf, shortNumber, told } from "../told.ts";
import { counted } from "../words.ts";

const shapes: Readonly<Record<number, string>> = {
  0: "null",
  1: "point",
  3: "polyline",
  5: "polygon",
  8: "multipoint",
  11: "point with height",
  13: "polyline with height",
  15: "polygon with height",
  18: "multipoint with height",
  21: "point with measure",
  23: "polyline with measure",
  25: "polygon with measure",
  28: "multipoint with measure",
  31: "multipatch",
};
/** Records that are counted one by one; a file may say it has any number. */
const recordLimit = 1_000_000;
const headerBytes = 100;
const chunkBytes = 0x40000;

/** The kind, bounds and number of shapes; undefined if it is no shapefile. ESRI, "Shapefile Technical Description", July 1998. */
export async function extractShapefile(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const head = file.read(0, headerBytes);
  if (head.length < headerBytes || head.readInt32BE(0) !== 9994) return undefined;
  const records =
    file.extension === "shx"
      ? Math.floor((file.size - headerBytes) / 8)
      : await countRecords(file, pause);
  return told({
    extractor: "geo",
    type: file.extension ?? "shp",
    rows: records,
    facts: {
      ...headerFacts(head, file.size),
      records: records === recordLimit ? `at least ${recordLimit}` : records,
      beside: "attributes are in the DBF, the CRS in the PRJ of the same name",
    },
  });
}

function headerFacts(head: Buffer, size: number): Readonly<Record<string, string | undefined>> {
  const shape = head.readInt32LE(32);
  const length = 2 * head.readInt32BE(24);
  const at = (place: number): number => head.readDoubleLE(place);
  const heights = `${shortNumber(at(68))} to ${shortNumber(at(76))}`;
  return {
    shapes: shapes[shape] ?? `number ${shape}`,
    bounds: boxOf([at(36), at(44), at(52), at(60)]),
    heights: shape > 10 && shape < 20 ? heights : undefined,
    damage: length === size ? undefined : `says it has ${counted(length, "byte")}`,
  };
}

/** Each record has its length in words of two bytes at byte 4. */
async function countRecords(file: FileBytes, pause: Pause): Promise<number> {
  let count = 0;
  let at = headerBytes;
  let chunk = file.read(at, at + chunkBytes);
  let start = at;
  while (count < recordLimit && at + 8 <= file.size) {
    if (at + 8 > start + chunk.length) {
      await pause();
      [start, chunk] = [at, file.read(at, at + chunkBytes)];
    }
    const length = 2 * chunk.readInt32BE(at - start + 4);
    if (length < 4 || at + 8 + length > file.size) break;
    at += 8 + length;
    count++;
  }
  return count;
}
