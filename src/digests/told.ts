import type { DigestFact } from "../core/files/digest.ts";
import type { Extraction } from "./extraction.ts";
import { cut, inLines } from "./words.ts";

const factWidth = 200;

/** What an extractor found, to be told as facts and in words. */
export interface Told extends Omit<Extraction, "facts" | "preview" | "text"> {
  /** By name, in the order in which a person asks for them; what is undefined or empty is not told. */
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  readonly preview?: readonly unknown[];
  /** What the text says below the facts. */
  readonly lines?: readonly string[];
}

/** The extraction that tells this. */
export function told({ facts, lines = [], ...rest }: Told): Extraction {
  const known: readonly DigestFact[] = Object.entries(facts)
    .map(([name, value]) => ({ name, value: cut(inert(`${value ?? ""}`).trim(), factWidth) }))
    .filter(({ value }) => value !== "");
  const head = [rest.type, ...known.map(({ name, value }) => `${name} ${value}`)].join("; ");
  return { preview: [], ...rest, facts: known, text: inLines(head, lines) };
}

/** A text that cannot break a line, ring a bell or turn the direction of writing: what would is U+FFFD. */
export function inert(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD");
}

/** The text up to the first NUL, without the blanks around it. */
export function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return (end === -1 ? text : text.slice(0, end)).trim();
}

/** A number in at most six digits, without an exponent's noise. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A box, for example `7 to 8.5, 46 to 47`; undefined if it holds nothing. */
export function boxOf(box: readonly [number, number, number, number]): string | undefined {
  if (!box.every(Number.isFinite)) return undefined;
  const [left, bottom, right, top] = box.map(shortNumber);
  return `${left} to ${right}, ${bottom} to ${top}`;
}
