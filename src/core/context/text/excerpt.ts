/** Consecutive lines of a text; lines count from 1. */
export interface TextRange {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** The lines around those that were found, in their order; ranges that touch become one. */
export function rangesAround(
  text: string,
  found: readonly number[],
  margin: number,
): readonly TextRange[] {
  const lines = text.split("\n");
  const spans = found
    .filter((line) => line >= 1 && line <= lines.length)
    .toSorted((one, other) => one - other)
    .map((line) => ({
      first: Math.max(1, line - margin),
      last: Math.min(lines.length, line + margin),
    }));
  const merged: { first: number; last: number }[] = [];
  for (const span of spans) {
    const before = merged.at(-1);
    if (before && span.first <= before.last + 1) before.last = Math.max(before.last, span.last);
    else merged.push({ ...span });
  }
  return merged.map(({ first, last }) => ({
    first,
    last,
    text: lines.slice(first - 1, last).join("\n"),
  }));
}
