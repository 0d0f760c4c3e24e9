import { isUtf8 } from "node:buffer";
import type { Extraction, FileBytes } from "../extraction.ts";
import { counted } from "../words.ts";

/** A PDF may be written in ASCII alone, and still is no text to read. ISO 32000-2, 7.5.2. */
const pdfMark = Buffer.from("%PDF-");

/** True for bytes that are not text: not strict UTF-8, or with a NUL. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.includes(0) || !isUtf8(bytes) || isMarkedPdf(bytes);
}

export function isMarkedPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, pdfMark.length).equals(pdfMark);
}

/** The kind and the size: nothing else is known of bytes that are not text. */
export function extractBinary(file: Pick<FileBytes, "extension" | "size">): Extraction {
  return onlySize(file, "not text");
}

/** What is said of a file that could not be looked into. */
export const plainMark = "kept as a plain file";

/** The same of a file that could not be looked into, and why. */
export function keptPlain(file: Pick<FileBytes, "extension" | "size">, reason: string): Extraction {
  return onlySize(file, `${plainMark}: ${reason}`);
}

function onlySize(
  { extension, size }: Pick<FileBytes, "extension" | "size">,
  note: string,
): Extraction {
  const type = extension ?? "binary";
  const text = `${type}, ${counted(size, "byte")}, ${note}`;
  return { extractor: "binary", type, preview: [], text };
}
