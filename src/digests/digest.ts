import type { Digest } from "../core/files/digest.ts";
import { extractBinary, isBinary } from "./binary.ts";
import type { Extraction, Extractor, FileBytes } from "./extraction.ts";
import { extractJson, extractJsonLines } from "./json.ts";
import type { Pause } from "./pause.ts";
import { extractTable } from "./table.ts";
import { extractText } from "./text.ts";
import { version } from "./version.ts";

/** A file to be digested. */
export interface DigestInput {
  readonly contentId: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const extractors: ReadonlyMap<string, Extractor> = new Map([
  ...family(extractTable, "csv tsv tab psv"),
  ...family(extractJson, "json geojson topojson jsonld ipynb har webmanifest sarif avsc"),
  ...family(extractJsonLines, "jsonl ndjson jsonlines"),
]);

/** The digest of a file: equal bytes under names with the same extension have the same. Rejects only as `pause` does. */
export async function digest(input: DigestInput, pause: Pause): Promise<Digest> {
  const { contentId, name } = input;
  const { buffer, byteOffset, byteLength } = input.bytes;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return { contentId, version, ...(await extract({ bytes, extension: extensionOf(name) }, pause)) };
}

async function extract(file: FileBytes, pause: Pause): Promise<Extraction> {
  if (isBinary(file.bytes)) return extractBinary(file);
  const extractor = extractors.get(file.extension ?? "");
  return (await extractor?.(file, pause)) ?? extractText(file, pause);
}

/** Not of `.gitignore`, whose point starts the name. */
function extensionOf(name: string): string | undefined {
  return /[^/\\]\.([a-z0-9_+-]{1,16})$/iu.exec(name)?.[1]?.toLowerCase();
}

function family(extractor: Extractor, extensions: string): [string, Extractor][] {
  return extensions.split(" ").map((extension) => [extension, extractor]);
}
