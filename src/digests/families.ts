import { dataFamilies } from "./data-families.ts";
import { documentFamilies } from "./documents/document-families.ts";
import type { Extractor, FileBytes } from "./extraction.ts";
import type { Pause } from "./pause.ts";
import { extractJson, extractJsonLines } from "./data/json.ts";
import { sourceFamilies } from "./code/source-families.ts";
import { extractTable } from "./tables/table.ts";
import { tableFamilies } from "./tables/table-families.ts";

/** File types that one extractor knows. */
export interface Family {
  /** As the documentation calls it. */
  readonly name: string;
  readonly extract: Extractor;
  /** Extensions in lower case, with spaces between them. */
  readonly extensions: string;
  /** True if the bytes are text: such a file is not looked at by this extractor if it is binary. */
  readonly isText: boolean;
  /** Extensions, as the package `file-type` gives them, of what the first bytes show to be of this family. */
  readonly magic?: string | undefined;
  /** The text of a whole file, at most 2 MB; undefined if it is not of this kind, or if its text is not read. */
  readonly text?: ((file: FileBytes, pause: Pause) => Promise<string | undefined>) | undefined;
}

/** All families. What belongs to none is told as text, or by its kind and size. */
export const families: readonly Family[] = [
  {
    name: "delimited tables",
    extract: extractTable,
    extensions: "csv tsv tab psv",
    isText: true,
  },
  {
    name: "JSON",
    extract: extractJson,
    extensions: "json topojson jsonld har webmanifest sarif avsc",
    isText: true,
  },
  {
    name: "JSON lines",
    extract: extractJsonLines,
    extensions: "jsonl ndjson jsonlines",
    isText: true,
  },
  ...tableFamilies,
  ...documentFamilies,
  ...dataFamilies,
  ...sourceFamilies,
];
