import { isUtf8 } from "node:buffer";

const headSize = 1024;
const fallback = "windows-1252";

/** Text of unknown encoding: by its mark, else as UTF-8, else as `declared` reads from the head, else as Western. Undefined if it is not text. */
export function decodeText(
  bytes: Buffer,
  declared: (head: string) => string | undefined,
): string | undefined {
  const marked = markedEncoding(bytes);
  if (marked === undefined && bytes.includes(0)) return undefined;
  if (marked !== undefined || isUtf8(bytes)) return decode(bytes, marked ?? "utf-8");
  return decode(bytes, declared(bytes.toString("latin1", 0, headSize)) ?? fallback);
}

/** Bytes in an encoding by name; in Western if there is none of this name. */
export function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return new TextDecoder(fallback).decode(bytes);
  }
}

function markedEncoding(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}
