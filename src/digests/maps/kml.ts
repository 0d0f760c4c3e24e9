import { Box } from "./box.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { boxOf, inert, told } from "../told.ts";
import { cut } from "../words.ts";
import { scanXml, startsWithElement } from "./xml-scan.ts";

const nameLimit = 15;

/** The folders and placemarks of KML; undefined if it is none. */
export async function extractKml(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  if (!startsWithElement(file, "kml", "Document", "Placemark")) return undefined;
  const counts = new Map<string, number>();
  const names: string[] = [];
  let title = "";
  const box = new Box();
  await scanXml(
    file,
    {
      onOpen: (path) => {
        const name = path.at(-1) ?? "";
        if (counted.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
      },
      onText: (path, text) => {
        const [parent, name] = path.slice(-2);
        if (name === "coordinates") box.addTuples(text);
        if (name !== "name") return;
        if (parent === "Document") title ||= text;
        else if (names.length < nameLimit) names.push(`${parent} ${inert(cut(text, 80))}`);
      },
    },
    pause,
  );
  return told({
    extractor: "geo",
    type: file.extension ?? "kml",
    facts: {
      title,
      placemarks: counts.get("Placemark") ?? 0,
      folders: counts.get("Folder") ?? 0,
      geometries: geometriesOf(counts),
      "bounds of the first points": boxOf(box.edges),
      CRS: "WGS 84",
    },
    lines: names,
  });
}

const geometries = ["Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model"];
const counted: ReadonlySet<string> = new Set(["Placemark", "Folder", ...geometries]);

function geometriesOf(counts: ReadonlyMap<string, number>): string {
  return geometries
    .filter((name) => counts.has(name))
    .map((name) => `${counts.get(name)} ${name}`)
    .join(", ");
}
