import {
  closeBrace,
  closeBracket,
  type JsonCursor,
  openBrace,
  openBracket,
  quote,
} from "./json-cursor.ts";
import { cut } from "../words.ts";

/** A value of JSON as it is shown: deep and wide values, long strings and large numbers are cut. */
export type ShownJson =
  | string
  | number
  | boolean
  | null
  | readonly ShownJson[]
  | { readonly [key: string]: ShownJson };

/** Steps over a value, which yield now and then. */
type Steps = Generator<void, ShownJson>;

/** Members shown of an array or object, by depth; what lies deeper is shown as `[…]` or `{…}`. */
const widths: readonly number[] = [20, 10, 5];
const stringWidth = 80;
/** Bytes looked at of a string: more than what is shown of it can take, as an escaped character takes six. */
const decodedBytes: number = 8 * stringWidth;
/** Longest number, in digits, whose value is looked at. */
const numberWidth = 40;

/** Goes over one value. Each key of an object, however many they are, is told to `onKey`; those of objects in it are not. */
export function* readJson(
  cursor: JsonCursor,
  onKey?: (key: string) => void,
  depth: number = 0,
): Steps {
  const first = cursor.peek();
  if (first === openBracket) return yield* readArray(cursor, depth);
  if (first === openBrace) return yield* readObject(cursor, depth, onKey);
  const start = cursor.at;
  cursor.skipScalar();
  return first === quote ? stringAt(cursor, start, cursor.at) : wordAt(cursor, start, cursor.at);
}

function* readArray(cursor: JsonCursor, depth: number): Steps {
  const width = widths[depth];
  if (width === undefined) return yield* hide(cursor, "[…]");
  const items: ShownJson[] = [];
  let count = 0;
  cursor.enter();
  for (; cursor.toMember(count, closeBracket); count++) {
    if (count < width) items.push(yield* readJson(cursor, undefined, depth + 1));
    else yield* cursor.skip();
  }
  return count > width ? [...items, more(count - width)] : items;
}

function* readObject(cursor: JsonCursor, depth: number, onKey?: (key: string) => void): Steps {
  const width = widths[depth];
  if (width === undefined) return yield* hide(cursor, "{…}");
  const entries: [string, ShownJson][] = [];
  let count = 0;
  cursor.enter();
  for (; cursor.toMember(count, closeBrace); count++) {
    const key = stringAt(cursor, ...cursor.skipKey());
    onKey?.(key);
    if (count < width) entries.push([key, yield* readJson(cursor, undefined, depth + 1)]);
    else yield* cursor.skip();
  }
  if (count > width) entries.push(["…", more(count - width)]);
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(entries);
}

function* hide(cursor: JsonCursor, sign: string): Steps {
  yield* cursor.skip();
  return sign;
}

function more(count: number): string {
  return `${count.toLocaleString("en-US")} more`;
}

function stringAt(cursor: JsonCursor, start: number, end: number): string {
  if (end - start <= decodedBytes) return cut(parsedString(cursor.text(start, end)), stringWidth);
  const head = cursor.text(start, start + decodedBytes);
  // Only whole characters; one of which some bytes are missing lies behind what is shown.
  const whole = /^"(?:[^"\\]|\\(?:u.{4}|[^u]))*/u.exec(head)?.[0] ?? '"';
  return cut(parsedString(`${whole}"`), stringWidth);
}

function parsedString(json: string): string {
  return JSON.parse(json) as string;
}

/** A number that is too large for one, or an integer that would lose digits, is shown in its digits. */
function wordAt(cursor: JsonCursor, start: number, end: number): ShownJson {
  if (end - start > numberWidth)
    return cut(cursor.text(start, start + numberWidth + 1), numberWidth);
  const word = cursor.text(start, end);
  const value = JSON.parse(word) as number | boolean | null;
  if (typeof value !== "number") return value;
  const isKept = Number.isSafeInteger(value) || (Number.isFinite(value) && !/^-?\d+$/u.test(word));
  // Not -0, which JSON does not write.
  return isKept ? value + 0 : word;
}
