import type { Extraction, FileBytes } from "../extraction.ts";
import { Box } from "./box.ts";
import type { Pause } from "../pause.ts";
import { boxOf, inert, told } from "../told.ts";
import { cut } from "../words.ts";
import { scanXml, startsWithElement } from "./xml-scan.ts";

const nameLimit = 15;
const points: ReadonlySet<string> = new Set(["trkpt", "rtept", "wpt"]);
const owners: Readonly<Record<string, string>> = { trk: "track", rte: "route", wpt: "waypoint" };

/** The tracks, points, bounds and time span of GPX; undefined if it is none. */
export async function extractGpx(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  if (!startsWithElement(file, "gpx")) return undefined;
  const found = new Found();
  await scanXml(
    file,
    {
      onOpen: (path, attributes) => found.open(path.at(-1) ?? "", attributes),
      onText: (path, text) => found.text(path, text),
    },
    pause,
  );
  return told({
    extractor: "geo",
    type: file.extension ?? "gpx",
    facts: {
      title: found.title,
      tracks: found.count("trk"),
      "track points": found.count("trkpt"),
      routes: found.count("rte"),
      waypoints: found.count("wpt"),
      bounds: boxOf(found.box.edges),
      time: found.span,
      creator: found.creator,
    },
    lines: found.names,
  });
}

class Found {
  readonly box: Box = new Box();
  readonly names: string[] = [];
  title = "";
  creator: string | undefined;
  readonly #counts = new Map<string, number>();
  #from = "";
  #to = "";

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "gpx") this.creator ??= attributes["creator"];
    if (points.has(name) || owners[name]) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (points.has(name)) this.box.add(Number(attributes["lon"]), Number(attributes["lat"]));
  }

  text(path: readonly string[], text: string): void {
    const [parent = "", name] = path.slice(-2);
    if (name === "time" && points.has(parent)) this.#addTime(text);
    if (name !== "name") return;
    if (parent === "metadata") this.title ||= text;
    const owner = owners[parent];
    if (owner && this.names.length < nameLimit) this.names.push(`${owner} ${inert(cut(text, 80))}`);
  }

  /** Times of ISO 8601 in UTC are in order as texts. */
  #addTime(text: string): void {
    if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z?$/u.test(text)) return;
    if (this.#from === "" || text < this.#from) this.#from = text;
    if (text > this.#to) this.#to = text;
  }

  count(name: string): number | undefined {
    return this.#counts.get(name);
  }

  get span(): string | undefined {
    return this.#from === "" ? undefined : `${this.#from} to ${this.#to}`;
  }
}
