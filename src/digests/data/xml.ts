import { XMLParser } from "fast-xml-parser";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { readOrNot, sourceText } from "../code/source-text.ts";
import { counted, cut, inLines, listed } from "../words.ts";
import { elementLines, takeElements, type XmlElement, type XmlTree } from "./xml-elements.ts";

const largest = 16 * 1024 * 1024;
const shownAttributes = 8;
const valueWidth = 60;

/** Root, namespaces, elements by place, and depth of XML; undefined if it is none, or very large. Its entities stay as they are written. */
export async function extractXml(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  await pause();
  const text = sourceText(file, largest);
  if (text === undefined) return undefined;
  const nodes = readOrNot(() => newParser().parse(text) as readonly XmlElement[]);
  if (!nodes) return undefined;
  const tree = takeElements(nodes);
  const [root, ...others] = [...tree.root.children.values()];
  return root && others.length === 0 && root.count === 1
    ? extractionOf(file.extension ?? "xml", tree)
    : undefined;
}

function newParser(): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    processEntities: false,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: 100,
  });
}

function extractionOf(type: string, tree: XmlTree): Extraction {
  const [root] = [...tree.root.children.values()];
  const attributes = Object.entries(tree.rootAttributes);
  const spaces = attributes.filter(([name]) => /^xmlns(?::|$)/u.test(name));
  const own = attributes.filter(([name]) => !/^xmlns(?::|$)/u.test(name));
  const name = root?.name ?? "";
  const kinds = tree.names.size;
  const elements = counted(tree.elements, "element");
  const head = [type, `root ${name}`, `${elements} of ${counted(kinds, "kind")}`];
  const lines: string[] = [];
  if (spaces.length > 0) lines.push(listed(spaces.length, "namespace", spaces.map(namespaceWords)));
  if (own.length > 0) lines.push(`${name}: ${own.slice(0, shownAttributes).map(pair).join(" ")}`);
  return {
    extractor: "xml",
    type,
    columns: [...(root?.children.keys() ?? [])],
    preview: [],
    facts: [
      { name: "root", value: name },
      ...spaces.slice(0, 1).map((space) => ({ name: "namespace", value: namespaceWords(space) })),
      { name: "elements", value: tree.elements.toLocaleString("en-US") },
      { name: "depth", value: `${tree.depth}` },
    ],
    text: inLines([...head, `depth ${tree.depth}`].join(", "), [...lines, ...elementLines(tree)]),
  };
}

function namespaceWords([name, uri]: readonly [string, string]): string {
  const prefix = name.slice("xmlns:".length);
  return prefix === "" ? cut(uri, valueWidth) : `${prefix} = ${cut(uri, valueWidth)}`;
}

function pair([name, value]: readonly [string, string]): string {
  return `${cut(name, valueWidth)}="${cut(value, valueWidth)}"`;
}
