import { fileInMemory, type Extraction, type Extractor } from "../../src/digests/extraction.ts";

/** What one extractor says of these bytes. */
export function extractionOf(
  extract: Extractor,
  bytes: Uint8Array,
  extension: string,
): Promise<Extraction | undefined> {
  return extract(fileInMemory(Buffer.from(bytes), extension), () => Promise.resolve());
}

/** What each fact says. */
export function factsOf(extraction: Extraction | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((extraction?.facts ?? []).map(({ name, value }) => [name, value]));
}
