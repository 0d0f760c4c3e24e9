/** Lines of a list that are shown; a store may have thousands of the same fault. */
const mostLines = 20;

/** Text that Markdown shows letter by letter, in a sentence, a list or a table. */
export function inCode(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  if (line === "") return "(no name)";
  const longest = Math.max(0, ...(line.match(/`+/gu) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  // A backtick at an end would be taken for a part of the fence.
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** A list, cut where it becomes too long to read; undefined if there is nothing to list. */
export function listed(lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  const more = lines.length - mostLines;
  const shown = lines.slice(0, mostLines).map((line) => `- ${line}`);
  return [...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n");
}

/** A table; undefined if it would have no rows. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string | undefined {
  if (rows.length === 0) return undefined;
  return [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
