import type { Extraction, FileBytes } from "../extraction.ts";
import { GeoFound } from "./geojson-reader.ts";
import { JsonCursor } from "../data/json-cursor.ts";
import type { ShownJson } from "../data/json-reader.ts";
import { extractJson } from "../data/json.ts";
import type { Pause } from "../pause.ts";
import { boxOf, told, type Told } from "../told.ts";
import { cut, listed } from "../words.ts";

const byteOrderMark = Buffer.from("\uFEFF");
const types: ReadonlySet<ShownJson> = new Set(
  "FeatureCollection Feature GeometryCollection Point MultiPoint LineString MultiLineString Polygon MultiPolygon".split(
    " ",
  ),
);

/** The features of GeoJSON, their geometries and properties, and the box around them; what is no GeoJSON is told as JSON. */
export async function extractGeoJson(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const found = await readAll(file, pause);
  if (!found || !isGeo(found)) return extractJson(file, pause);
  return told(toldGeo(found, file.extension ?? "geojson"));
}

function isGeo({ type, hasFeatures }: GeoFound): boolean {
  return types.has(type) && (type !== "FeatureCollection" || hasFeatures);
}

function toldGeo(found: GeoFound, type: string): Told {
  const kind = typeof found.type === "string" ? found.type : "";
  const isCollection = kind === "FeatureCollection";
  if (!isCollection && kind !== "Feature") found.addKind(kind);
  const properties = [...found.properties].map(
    ([name, kinds]) => `${cut(name, 60)} ${[...kinds].join(" or ")}`,
  );
  return {
    extractor: "geo",
    type,
    ...(properties.length > 0 && { columns: [...found.properties.keys()] }),
    ...(isCollection && { rows: found.features }),
    preview: found.preview,
    facts: {
      features: isCollection ? found.features : undefined,
      kind: isCollection ? undefined : kind,
      geometries: [...found.kinds].map(([name, count]) => `${count} ${name}`).join(", "),
      bounds: boxOf(found.box.edges),
      CRS: crsOf(found),
    },
    lines: [
      ...(properties.length > 0 ? [listed(properties.length, "attribute", properties)] : []),
      ...found.preview.map((value) => JSON.stringify(value)),
    ],
  };
}

/** Undefined if the bytes are not one value of JSON. */
async function readAll({ bytes }: FileBytes, pause: Pause): Promise<GeoFound | undefined> {
  const isMarked = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  const cursor = new JsonCursor(isMarked ? bytes.subarray(byteOrderMark.length) : bytes);
  const found = new GeoFound(cursor);
  const steps = found.read();
  for (;;) {
    await pause();
    const isDone = stepOf(steps);
    if (isDone === undefined) return undefined;
    if (isDone) return cursor.peek() === undefined ? found : undefined;
  }
}

/** Undefined if the bytes are no JSON there. */
function stepOf(steps: Generator<void, void>): boolean | undefined {
  try {
    return steps.next().done ?? false;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** RFC 7946 has WGS 84 alone; the older GeoJSON 2008 could name another. */
function crsOf({ crs }: GeoFound): string {
  const name = (crs as { properties?: { name?: unknown } } | null)?.properties?.name;
  return typeof name === "string" ? name : "WGS 84, as none is named";
}
