/**
 * The table in src/digests/README.md: the types of files that digests know, made from the code. `--write` brings the file up to date.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { families } from "../../src/digests/families.ts";
import { markdownTable } from "./markdown-table.ts";

export const typesFile: string = resolve(import.meta.dirname, "../../src/digests/README.md");

const begin = "<!-- Made by test/project/file-types-table.ts: do not edit. -->";
const end = "<!-- End of what is made. -->";

/** The text of the file with a table that fits the code. */
export function withTypes(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${typesFile} has lost its markers`);
  const made = `${typesTable()}\n\n${knownExtensions().length} extensions.`;
  return `${text.slice(0, from)}${begin}\n\n${made}\n\n${text.slice(to)}`;
}

/** Every extension that some extractor knows, once. */
export function knownExtensions(): readonly string[] {
  return [...new Set(families.flatMap((family) => extensionsOf(family)))];
}

function typesTable(): string {
  const rows = families.map((family) => [
    family.name,
    extensionsOf(family)
      .map((extension) => `\`${extension}\``)
      .join(" "),
  ]);
  return markdownTable(["family", "extensions"], rows);
}

function extensionsOf({ extensions }: { readonly extensions: string }): readonly string[] {
  return extensions.split(" ").filter((extension) => extension !== "");
}

if (process.argv[1] === import.meta.filename) {
  const text = await readFile(typesFile, "utf8");
  const made = withTypes(text);
  if (process.argv.includes("--write")) await writeFile(typesFile, made);
  else if (made !== text) {
    console.error("The table is out of date: node test/project/file-types-table.ts --write");
    process.exitCode = 1;
  }
}
