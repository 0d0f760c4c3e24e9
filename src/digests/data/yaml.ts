import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from "yaml";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { readOrNot, sourceText } from "../code/source-text.ts";
import { counted, inLines, listed } from "../words.ts";
import { valuesExtraction } from "./values.ts";

/** Up to this size all is read; of a larger file, which would take seconds, the keys at the start of its lines. */
const readWhole = 256 * 1024;
const largest = 64 * 1024 * 1024;
const deepest = 100;
/** Documents and keys that are looked at. */
const lookedDocuments = 1000;
const lookedKeys = 1000;

/** Keys, types, sizes and first values of YAML; undefined if it is none, or very large. What an alias stands for is not looked at. */
export async function extractYaml(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  await pause();
  const text = sourceText(file, largest);
  if (text === undefined || text.trim() === "") return undefined;
  const type = file.extension ?? "yaml";
  if (text.length > readWhole) return lineKeys(type, text);
  if (isDeep(text)) return undefined;
  const values = readOrNot(() => readDocuments(text));
  if (!values || values.length === 0) return undefined;
  const [value] = values;
  if (values.length === 1)
    return typeof value === "string"
      ? undefined
      : valuesExtraction({ extractor: "yaml", type, value });
  return valuesExtraction({ extractor: "yaml", type, value: values, documents: values.length });
}

function readDocuments(text: string): unknown[] | undefined {
  const documents = parseAllDocuments(text, {
    // Comparing each key with all others takes the square of the time.
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
    strict: false,
  });
  if ("empty" in documents) return undefined;
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  return documents.map(({ contents }, index) =>
    index < lookedDocuments ? plain(contents, 0) : null,
  );
}

/** The value of a node. An alias stays one: thus a few lines of them cannot grow. */
function plain(node: Node | null, depth: number): unknown {
  if (depth > deepest) return "…";
  if (isAlias(node)) return `*${node.source}`;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plain(item as Node | null, depth + 1));
  if (!isMap(node)) return null;
  return Object.fromEntries(
    node.items.map(({ key, value }) => [
      keyOf(key as Node | null),
      plain(value as Node | null, depth + 1),
    ]),
  );
}

function keyOf(node: Node | null): string {
  if (isScalar(node)) return String(node.value);
  return isAlias(node) ? `*${node.source}` : "?";
}

/** True if brackets or indents are nested so deep that going into them could fill the stack. */
function isDeep(text: string): boolean {
  let open = 0;
  for (const [sign] of text.matchAll(/[[\]{}]/gu)) {
    open = Math.max(0, open + (sign === "[" || sign === "{" ? 1 : -1));
    if (open > deepest) return true;
  }
  return text.split("\n").some((line) => {
    const start = /^[\s\-?:]*/u.exec(line)?.[0] ?? "";
    return start.length > 2 * deepest;
  });
}

/** Keys without an indent, and the lines that start a document. */
function lineKeys(type: string, text: string): Extraction | undefined {
  const keys = new Set<string>();
  for (const [, key] of text.matchAll(/^([\w.$/-]{1,80}):(?=\s|$)/gmu)) {
    if (key !== undefined && keys.size < lookedKeys) keys.add(key);
  }
  if (keys.size === 0) return undefined;
  const documents = [...text.matchAll(/^---(?=\s|$)/gmu)].length;
  const names = [...keys];
  const parts = [type, listed(names.length, "key", names)];
  if (documents > 1) parts.push(counted(documents, "document"));
  return {
    extractor: "yaml",
    type,
    columns: names,
    preview: [],
    facts: [{ name: "keys", value: names.length.toLocaleString("en-US") }],
    text: inLines(parts.join(", "), ["large: only its keys without an indent were looked at"]),
  };
}
