const ellipsis = "…";

/** Longest text of a digest, in characters. */
const textLimit = 1200;
const listLimit = 500;
const lineLimit = 190;

/** At most `limit` characters of a text, the last one an ellipsis if there were more. What is no Unicode becomes U+FFFD. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  const kept = text.slice(0, limit - 1);
  // The first half of a pair says nothing alone.
  return (/[\uD800-\uDBFF]$/u.test(kept) ? kept.slice(0, -1) : kept).toWellFormed() + ellipsis;
}

/** A number and what it counts, for example `10,000 rows`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** How many names there are and the first of them, for example `2 columns: id, name`. `count` is at least the number of names. */
export function listed(count: number, noun: string, names: readonly string[]): string {
  const shown: string[] = [];
  let left = listLimit;
  for (const name of names) {
    left -= name.length + 2;
    if (left < 0) break;
    shown.push(name);
  }
  if (shown.length < count) shown.push(ellipsis);
  return shown.length === 0 ? counted(count, noun) : `${counted(count, noun)}: ${shown.join(", ")}`;
}

/** Lines as the text of a digest: each is cut, and has no line breaks and control characters of its own. */
export function inLines(head: string, lines: readonly string[]): string {
  const shown = lines.map((line) => cut(inOneLine(line), lineLimit).trimEnd());
  return cut([inOneLine(head), ...shown].join("\n"), textLimit);
}

function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

/** The text of a digest with a line more behind its first. */
export function withLine(text: string, line: string): string {
  const [head = "", ...lines] = text.split("\n");
  return inLines(head, [line, ...lines]);
}
