import { isUtf8 } from "node:buffer";
import type { Extraction, FileBytes } from "./extraction.ts";
import { counted } from "./words.ts";

/** A PDF may be written in ASCII alone, and still is no text to read. ISO 32000-2, 7.5.2. */
const pdfMark = Buffer.from("%PDF-");

/** True for bytes that are not text: not strict UTF-8, or with a NUL. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.includes(0) || !isUtf8(bytes) || bytes.subarray(0, pdfMark.length).equals(pdfMark);
}

/** The kind and the size: nothing else is known of bytes that are not text. */
export function extractBinary({ bytes, extension }: FileBytes): Extraction {
  const type = extension ?? "binary";
  const size = counted(bytes.length, "byte");
  return { extractor: "binary", type, preview: [], text: `${type}, ${size}, not text` };
}
