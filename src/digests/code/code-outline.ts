import { counted, cut, listed } from "../words.ts";

const outlineLimit = 1000;
const outlineLines = 45;
const signatureWidth = 110;
const nameWidth = 60;

/** Something that source code defines. */
export interface CodeSymbol {
  /** In a word, for example `class`. */
  readonly kind: string;
  readonly name: string;
  /** As it is written, without what it does. */
  readonly signature: string;
  /** Where it begins; the first line is 1. */
  readonly line: number;
  /** How many symbols it lies in. */
  readonly depth: number;
}

/** Lines that tell symbols: with signatures, else their names, else those of the outermost, by kind, whichever is the first to be short. */
export function outlineOf(symbols: readonly CodeSymbol[]): readonly string[] {
  return [signatures(symbols), names(symbols)].find(isShort) ?? namesByKind(symbols);
}

/** How many symbols there are of each kind, for example `2 classes`. */
export function kindCounts(symbols: readonly CodeSymbol[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { kind } of symbols) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => countedKind(count, kind));
}

function countedKind(count: number, kind: string): string {
  const isHissing = /(?:s|x|ch)$/u.test(kind);
  if (count !== 1 && isHissing) return counted(count, `${kind}e`);
  if (count !== 1 && kind.endsWith("y")) return counted(count, `${kind.slice(0, -1)}ie`);
  return counted(count, kind);
}

function isShort(lines: readonly string[]): boolean {
  return lines.length <= outlineLines && lines.join("\n").length <= outlineLimit;
}

function signatures(symbols: readonly CodeSymbol[]): readonly string[] {
  return symbols.map(
    ({ depth, line, signature }) =>
      `${"  ".repeat(depth)}${line}: ${cut(signature, signatureWidth)}`,
  );
}

/** A line for each of the outermost symbols, with the names of those in it. */
function names(symbols: readonly CodeSymbol[]): readonly string[] {
  const lines: string[] = [];
  let inner: string[] = [];
  for (const { depth, line, kind, name } of symbols.toReversed()) {
    if (depth > 0) inner.unshift(cut(name, nameWidth));
    else {
      const list = inner.length === 0 ? "" : `: ${inner.join(", ")}`;
      lines.unshift(`${line}: ${kind} ${cut(name, nameWidth)}${list}`);
      inner = [];
    }
  }
  return lines;
}

function namesByKind(symbols: readonly CodeSymbol[]): readonly string[] {
  const outer = symbols.filter(({ depth }) => depth === 0);
  const kinds = [...new Set(outer.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const own = outer.filter((symbol) => symbol.kind === kind);
    const all = own.map(({ name }) => cut(name, nameWidth));
    // `listed` adds an s, which the kind has already if it needs one.
    return listed(own.length, kind, all).replace(/^[^:]*/u, countedKind(own.length, kind));
  });
}
