import { cut } from "../words.ts";

const longestText = 80;
const widest = 10;
const deepest = 3;

/** A value of a column as JSON can hold it, with little of long texts and wide lists. */
export function plainOf(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return plainScalar(value);
  if (value instanceof Date) return dateText(value);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= deepest) return Array.isArray(value) ? "[…]" : "{…}";
  if (Array.isArray(value)) return value.slice(0, widest).map((part) => plainOf(part, depth + 1));
  const entries = Object.entries(value).slice(0, widest);
  return Object.fromEntries(entries.map(([key, part]) => [key, plainOf(part, depth + 1)]));
}

function plainScalar(value: unknown): unknown {
  if (typeof value === "bigint") return plainNumber(value);
  if (typeof value === "string") return cut(value, longestText);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value ?? null;
}

/** A plain value in words. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  return cut(typeof value === "string" ? value : JSON.stringify(value), longestText);
}

function plainNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Without the time if that is midnight. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return "no date";
  return date
    .toISOString()
    .replace(/T00:00:00\.000Z$/u, "")
    .replace(/\.000Z$/u, "Z");
}
