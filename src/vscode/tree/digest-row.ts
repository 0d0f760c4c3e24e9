import { makeVisible } from "../../core/context/text/visible.ts";
import type { Digest, DigestFact } from "../../core/files/digest.ts";

/** What the row of a digest says, as plain text. */
export interface DigestRow {
  /** After the label: `csv, 80 rows, 3 columns: region, month, revenue`. */
  readonly description: string;
  /** For screen readers: the whole row as a sentence. */
  readonly spoken: string;
  /** Lines of the tooltip, and rows below. */
  readonly facts: readonly DigestFact[];
}

/** A sidebar shows less, and a tooltip of more is no help. */
const longest = 200;
const mostFacts = 50;

/** The row of a digest; `undefined` is one that was not made yet. `path` is that of the file inside the workspace. */
export function digestRowOf(digest: Digest | undefined, path: string): DigestRow {
  const facts = (digest?.facts ?? []).slice(0, mostFacts).map(({ name, value }) => {
    return { name: oneLine(name), value: oneLine(value) };
  });
  const description = digest ? firstLine(digest, facts) : "not made yet";
  return { description, spoken: `Digest of ${path}, ${description}`, facts };
}

function firstLine({ text, type }: Digest, facts: readonly DigestFact[]): string {
  const [line = ""] = text.trim().split(/\r?\n/u, 1);
  if (line !== "") return oneLine(line);
  return oneLine([type, ...facts.map(({ name, value }) => `${name} ${value}`)].join(", "));
}

/** What a file holds must not hide in a row, nor break it. */
function oneLine(text: string): string {
  const line = makeVisible(text).text.replaceAll(/\s+/gu, " ").trim();
  return line.length > longest ? `${line.slice(0, longest)}…`.toWellFormed() : line;
}
