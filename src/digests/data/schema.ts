import type { ShownJson } from "./json-reader.ts";
import { counted, cut, listed } from "../words.ts";

/** Keys told of one object. */
const namedKeys = 40;
/** Items of a list that are looked at. */
const lookedItems = 100;
const deepest = 6;
const outlineLimit = 750;
const outlineLines = 30;
const nameWidth = 60;
const shownString = 80;
const widths: readonly number[] = [20, 10, 5];

/** What values of one place look like: those of all items of a list together. */
interface Schema {
  readonly types: Set<string>;
  readonly keys: Map<string, Schema>;
  /** Most keys that one object has. */
  keyCount: number;
  items?: Schema;
  /** Fewest and most items of a list. */
  least: number;
  most: number;
  /** Longest text, in characters. */
  longest: number;
}

/** Keys, types, sizes and lengths of lists, a line for each key, indented; less deep if that would be long. */
export function schemaLines(value: unknown): readonly string[] {
  const schema = emptySchema();
  look(schema, value, 0);
  for (let depth = deepest; depth > 1; depth--) {
    const lines = linesOf(schema, depth, "");
    if (lines.length <= outlineLines && lines.join("\n").length <= outlineLimit) return lines;
  }
  return linesOf(schema, 1, "");
}

/** The keys of an object, or of all objects of a list. */
export function topKeys(value: unknown): readonly string[] {
  const items = Array.isArray(value) ? value.slice(0, lookedItems) : [value];
  return [...new Set(items.filter((item) => isObject(item)).flatMap((item) => Object.keys(item)))];
}

/** True for what has keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** A value as JSON is shown: deep and wide values and long strings are cut. */
export function shownOf(value: unknown, depth: number = 0): ShownJson {
  const width = widths[depth];
  if (Array.isArray(value)) {
    if (width === undefined) return "[…]";
    const items = value.slice(0, width).map((item) => shownOf(item, depth + 1));
    return value.length > width ? [...items, more(value.length - width)] : items;
  }
  if (!isObject(value)) return scalarOf(value);
  if (width === undefined) return "{…}";
  const all = Object.entries(value);
  const entries = all.slice(0, width).map(([key, item]) => [key, shownOf(item, depth + 1)]);
  if (all.length > width) entries.push(["…", more(all.length - width)]);
  return Object.fromEntries(entries) as ShownJson;
}

function scalarOf(value: unknown): ShownJson {
  if (typeof value === "string") return cut(value, shownString);
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value + 0;
  return value instanceof Date && !Number.isNaN(value.getTime())
    ? value.toISOString()
    : cut(`${value as bigint}`, shownString);
}

function more(count: number): string {
  return `${count.toLocaleString("en-US")} more`;
}

function emptySchema(): Schema {
  return { types: new Set(), keys: new Map(), keyCount: 0, least: Infinity, most: 0, longest: 0 };
}

function look(schema: Schema, value: unknown, depth: number): void {
  const type = typeOf(value);
  schema.types.add(type);
  if (typeof value === "string") schema.longest = Math.max(schema.longest, value.length);
  if (depth > deepest) return;
  if (Array.isArray(value)) lookAtItems(schema, value, depth);
  else if (isObject(value)) lookAtKeys(schema, value, depth);
}

function lookAtItems(schema: Schema, items: readonly unknown[], depth: number): void {
  schema.least = Math.min(schema.least, items.length);
  schema.most = Math.max(schema.most, items.length);
  schema.items ??= emptySchema();
  for (const item of items.slice(0, lookedItems)) look(schema.items, item, depth + 1);
}

function lookAtKeys(schema: Schema, value: Readonly<Record<string, unknown>>, depth: number): void {
  const keys = Object.keys(value);
  schema.keyCount = Math.max(schema.keyCount, keys.length);
  for (const key of keys) {
    let known = schema.keys.get(key);
    if (!known) {
      if (schema.keys.size >= namedKeys) continue;
      schema.keys.set(key, (known = emptySchema()));
    }
    look(known, value[key], depth + 1);
  }
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof Date) return "date";
  if (typeof value === "object") return "object";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "string" ? "text" : typeof value;
}

function linesOf(schema: Schema, depth: number, indent: string): string[] {
  const inner = innermost(schema);
  const lines: string[] = [];
  for (const [key, child] of inner.keys) {
    lines.push(`${indent}${cut(key, nameWidth)}: ${typeWords(child, depth <= 1)}`);
    if (depth > 1) lines.push(...linesOf(child, depth - 1, `${indent}  `));
  }
  if (inner.keyCount > inner.keys.size) lines.push(`${indent}…`);
  return lines;
}

/** What the items of lists in lists are, if a schema is of lists alone. */
function innermost(schema: Schema): Schema {
  return schema.items && schema.keys.size === 0 ? innermost(schema.items) : schema;
}

function typeWords(schema: Schema, withKeys: boolean): string {
  const words = [...schema.types].map((type) => {
    if (type === "object") return objectWords(schema, withKeys);
    if (type === "list") return listWords(schema, withKeys);
    if (type === "text" && schema.longest > shownString)
      return `text up to ${counted(schema.longest, "character")}`;
    return type;
  });
  return words.length === 0 ? "nothing" : words.join(" or ");
}

function objectWords({ keys, keyCount }: Schema, withKeys: boolean): string {
  const count = Math.max(keyCount, keys.size);
  return withKeys
    ? cut(listed(count, "key", [...keys.keys()]), shownString)
    : counted(count, "key");
}

function listWords({ items, least, most }: Schema, withKeys: boolean): string {
  const count = least === most || least === Infinity ? `${most}` : `${least}–${most}`;
  if (most === 0 || !items) return "empty list";
  return `list of ${count} × ${typeWords(items, withKeys)}`;
}
