import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { inert, told } from "../told.ts";
import { scanXml, startsWithElement } from "../maps/xml-scan.ts";

const kinds = new Set(
  "circle ellipse image line path polygon polyline rect script style text use".split(" "),
);

/** The size, title and number of elements of an SVG; undefined if it is none. */
export async function extractSvg(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  if (!startsWithElement(file, "svg")) return undefined;
  const counts = new Map<string, number>();
  const texts = new Map<string, string>();
  let root: Readonly<Record<string, string>> = {};
  const elements = await scanXml(
    file,
    {
      onOpen: (path, attributes) => {
        if (path.length === 1) root = attributes;
        const name = path.at(-1) ?? "";
        if (kinds.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
      },
      onText: (path, text) => {
        if (path.length === 2 && !texts.has(path[1] ?? "")) texts.set(path[1] ?? "", text);
      },
    },
    pause,
  );
  const { width, height, viewBox } = root;
  return told({
    extractor: "image",
    type: file.extension ?? "svg",
    facts: {
      title: texts.get("title"),
      size: width && height ? `${width} × ${height}` : undefined,
      "view box": viewBox,
      elements,
      kinds: [...counts].map(([name, count]) => `${count} ${name}`).join(", "),
    },
    lines: texts.get("desc") ? [inert(texts.get("desc") ?? "")] : [],
  });
}
