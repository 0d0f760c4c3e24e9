import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

/**
 * The bytes of a text: UTF-8. A surrogate without its other half, which UTF-8 does not have, takes the three bytes that UTF-8 would give to a character of its
 * number (WTF-8, https://wtf-8.codeberg.page). So every string has bytes of its own, and comes back from them as it was.
 */
export function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const pieces = text.split(/(\p{Surrogate})/u);
  return Buffer.concat(
    pieces.map((piece, index) => (index % 2 ? half(piece) : Buffer.from(piece))),
  );
}

/** The text with these bytes. Only for what `bytesOf` made. */
export function textOf(bytes: Uint8Array): string {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(all)) return all.toString("utf8");
  // In UTF-8 no byte above 0x9f follows 0xed.
  const pieces = all.toString("latin1").split(/(\xED[\xA0-\xBF][\x80-\xBF])/u);
  return pieces
    .map((piece) => Buffer.from(piece, "latin1"))
    .map((piece, index) => (index % 2 ? halfOf(piece) : piece.toString("utf8")))
    .join("");
}

/** SHA-256 of bytes, or of a string in UTF-8, in hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function half(surrogate: string): Buffer {
  const code = surrogate.charCodeAt(0);
  return Buffer.from([0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]);
}

function halfOf([, second = 0, third = 0]: Buffer): string {
  return String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
}
