import { cut } from "../words.ts";

const deepest = 8;
/** Names of children and attributes told of one place. */
const namedChildren = 60;
const namedAttributes = 6;
const nameWidth = 60;
const outlineLines = 30;
const outlineLimit = 700;
const attributesKey = ":@";
const textKey = "#text";

/** An element as the parser gives it: its name with its children, and under `:@` its attributes. */
export type XmlElement = Readonly<Record<string, unknown>>;

/** The elements with the same name at one place of a file. */
interface XmlPlace {
  readonly name: string;
  count: number;
  readonly attributes: Set<string>;
  readonly children: Map<string, XmlPlace>;
  /** True if there are more names of children than are kept. */
  hasMore: boolean;
  hasText: boolean;
}

/** What is known of all elements. */
export interface XmlTree {
  /** Holds the root of the file. */
  readonly root: XmlPlace;
  readonly rootAttributes: Readonly<Record<string, string>>;
  readonly names: ReadonlySet<string>;
  readonly elements: number;
  readonly depth: number;
}

/** An element that is to be counted, and where it stands. */
interface Todo {
  readonly node: XmlElement;
  /** Undefined if places are not kept there. */
  readonly parent: XmlPlace | undefined;
  readonly level: number;
}

/** Counts elements by their place. */
export function takeElements(nodes: readonly XmlElement[]): XmlTree {
  const root = emptyPlace("");
  const names = new Set<string>();
  let rootAttributes: Readonly<Record<string, string>> = {};
  let elements = 0;
  let depth = 0;
  const todo: Todo[] = nodes.map((node) => ({ node, parent: root, level: 1 }));
  for (let at = todo.pop(); at; at = todo.pop()) {
    const name = elementName(at);
    if (name === undefined) continue;
    elements++;
    names.add(name);
    depth = Math.max(depth, at.level);
    if (at.level === 1) rootAttributes = attributesOf(at.node);
    addChildren(todo, at, name);
  }
  return { root, rootAttributes, names, elements, depth };
}

/** Undefined for a text, which is noted at its parent. */
function elementName({ node, parent }: Todo): string | undefined {
  const name = Object.keys(node).find((key) => key !== attributesKey);
  if (name === textKey && parent) parent.hasText = true;
  return name === textKey ? undefined : name;
}

function addChildren(todo: Todo[], { node, parent, level }: Todo, name: string): void {
  const place = parent && placeOf(parent, name, attributesOf(node));
  const inner = place && level < deepest ? place : undefined;
  // In the order of the file, so that the first names are kept.
  for (const child of (node[name] as readonly XmlElement[]).toReversed())
    todo.push({ node: child, parent: inner, level: level + 1 });
}

function attributesOf(node: XmlElement): Readonly<Record<string, string>> {
  return (node[attributesKey] ?? {}) as Readonly<Record<string, string>>;
}

/** A line for each place, with the number of its elements and the names of their attributes; less deep if that would be long. */
export function elementLines({ root }: XmlTree): readonly string[] {
  for (let depth = deepest; depth > 2; depth--) {
    const lines = linesOf(root, depth, "");
    if (lines.length <= outlineLines && lines.join("\n").length <= outlineLimit) return lines;
  }
  return linesOf(root, 2, "");
}

function emptyPlace(name: string): XmlPlace {
  return {
    name,
    count: 0,
    attributes: new Set(),
    children: new Map(),
    hasMore: false,
    hasText: false,
  };
}

function placeOf(
  parent: XmlPlace,
  name: string,
  attributes: Readonly<Record<string, string>>,
): XmlPlace | undefined {
  let place = parent.children.get(name);
  if (!place) {
    if (parent.children.size >= namedChildren) {
      parent.hasMore = true;
      return undefined;
    }
    parent.children.set(name, (place = emptyPlace(name)));
  }
  place.count++;
  for (const attribute of Object.keys(attributes)) {
    if (place.attributes.size >= namedAttributes) break;
    if (!/^xmlns(?::|$)/u.test(attribute)) place.attributes.add(attribute);
  }
  return place;
}

function linesOf(parent: XmlPlace, depth: number, indent: string): string[] {
  const lines: string[] = [];
  for (const place of parent.children.values()) {
    lines.push(indent + placeWords(place));
    if (depth > 1) lines.push(...linesOf(place, depth - 1, `${indent}  `));
  }
  if (parent.hasMore) lines.push(`${indent}…`);
  return lines;
}

function placeWords({ name, count, attributes, hasText, children }: XmlPlace): string {
  const names = [...attributes].map((attribute) => ` @${cut(attribute, nameWidth)}`).join("");
  const times = count > 1 ? ` ×${count.toLocaleString("en-US")}` : "";
  return `${cut(name, nameWidth)}${times}${names}${hasText && children.size === 0 ? ": text" : ""}`;
}
