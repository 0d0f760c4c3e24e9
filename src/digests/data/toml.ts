import { parse } from "smol-toml";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { readOrNot, sourceText } from "../code/source-text.ts";
import { valuesExtraction } from "./values.ts";

const largest = 4 * 1024 * 1024;

/** Keys, types, sizes and first values of TOML; undefined if it is none, or very large. */
export async function extractToml(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  await pause();
  const text = sourceText(file, largest);
  if (text === undefined || text.trim() === "") return undefined;
  const value = readOrNot(() => parse(text, { maxDepth: 100, integersAsBigInt: "asNeeded" }));
  return value && valuesExtraction({ extractor: "toml", type: file.extension ?? "toml", value });
}
