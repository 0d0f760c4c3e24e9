import { globSync, readFileSync } from "node:fs";

export const modules: string = new URL("../../node_modules/", import.meta.url).pathname;

/** Four shares of about as many characters each: type declarations, Markdown, JavaScript with JSON, and generated CSV, which also fills up what the others lack. */
export function mixedText(share: number): string {
  const files = ["**/*.d.ts", "**/*.md", "**/*.{json,mjs}"].map((pattern) =>
    filesLike(pattern, share),
  );
  const missing = files.reduce((sum, text) => sum + share - text.length, 0);
  return [...files, generatedCsv(share + missing)].join("\n");
}

function filesLike(pattern: string, share: number): string {
  let text = "";
  for (const file of globSync(pattern, { cwd: modules }).toSorted()) {
    // No file alone makes up the share, and none of those that only hold the ranks.
    if (!file.includes("tiktoken")) text += readFileSync(modules + file, "utf8").slice(0, 60_000);
    if (text.length > share) break;
  }
  return text.slice(0, share);
}

/** At least `length` characters of a table that is the same in each run; ends with a line break. */
export function generatedCsv(length: number): string {
  let state = 1;
  // The minimal standard generator of Park and Miller: the same text in each run.
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
  const lines = ["id,date,name,amount,active\n"];
  for (let written = 0; written < length; written += lines.at(-1)?.length ?? 0) {
    const date = `2024-${1 + below(12)}-${1 + below(28)}`;
    lines.push(
      `${below(1_000_000)},${date},customer ${below(5000)},${below(100_000) / 100},${below(2) === 0}\n`,
    );
  }
  return lines.join("");
}
