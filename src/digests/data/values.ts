import type { Extraction } from "../extraction.ts";
import { schemaLines, shownOf, topKeys } from "./schema.ts";
import { counted, inLines, listed } from "../words.ts";

const namedColumns = 1000;
const previewRecords = 3;

/** What a file of values holds. */
export interface Values {
  readonly extractor: string;
  readonly type: string;
  readonly value: unknown;
  /** Number of documents, if there are several: `value` is then the list of them. */
  readonly documents?: number;
}

/** Keys, schema and first values, as they are told of JSON. */
export function valuesExtraction(values: Values): Extraction {
  const { extractor, type, value } = values;
  const names = topKeys(value);
  const records = Array.isArray(value) ? value.slice(0, previewRecords) : [value];
  const rows = Array.isArray(value) ? (values.documents ?? value.length) : undefined;
  const parts = [type, ...rowWords(values, rows, names.length > 0)];
  if (names.length > 0) parts.push(listed(names.length, "key", names));
  const facts = [{ name: "keys", value: names.length.toLocaleString("en-US") }];
  if (rows !== undefined) {
    const name = values.documents === undefined ? "items" : "documents";
    facts.unshift({ name, value: rows.toLocaleString("en-US") });
  }
  return {
    extractor,
    type,
    ...(names.length > 0 && { columns: names.slice(0, namedColumns) }),
    ...(rows !== undefined && { rows }),
    preview: records.map((record) => shownOf(record)),
    facts,
    text: inLines(parts.join(", "), schemaLines(value)),
  };
}

function rowWords(
  { documents }: Values,
  rows: number | undefined,
  isTable: boolean,
): readonly string[] {
  if (rows === undefined) return isTable ? [] : ["one value"];
  if (documents !== undefined) return [counted(rows, "document")];
  return [counted(rows, isTable ? "row" : "item")];
}
