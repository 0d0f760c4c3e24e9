import { isUtf8 } from "node:buffer";

/** What the bytes of a file tell, whatever its name says. */
export interface TextFacts {
  /** Lines of a text, where a last line without line break counts; undefined for bytes that are not text. */
  readonly lines: number | undefined;
  readonly holdsPrivateKey: boolean;
}

/** Looks at a file chunk by chunk. */
export interface TextScan {
  /** Takes the next bytes. They are not kept. */
  update(chunk: Buffer): void;
  /** What all bytes together tell. */
  finish(): TextFacts;
}

/** A scan that takes bytes for text if they are strict UTF-8 without NUL. Keys are also found in texts of other 8-bit encodings. */
export function createTextScan(): TextScan {
  const text = createTextCheck();
  const keys = createKeySearch();
  let hasNul = false;
  return {
    update(chunk) {
      // What holds a NUL is no text in any of them, and need not be looked at further.
      hasNul ||= chunk.includes(0);
      if (hasNul) return;
      text.update(chunk);
      keys.update(chunk);
    },
    finish: () => ({
      lines: hasNul ? undefined : text.lines(),
      holdsPrivateKey: keys.found(),
    }),
  };
}

const lineFeed = 10;

/** A PDF may be written in ASCII alone, and still is no text to read. ISO 32000-2, 7.5.2. */
const pdfMark = Buffer.from("%PDF-");

function createTextCheck(): { update(chunk: Buffer): void; lines(): number | undefined } {
  let isText = true;
  let breaks = 0;
  let last = lineFeed;
  let unfinished: Buffer = Buffer.alloc(0);
  let start: Buffer = Buffer.alloc(0);
  return {
    update(chunk) {
      if (start.length < pdfMark.length) {
        start = Buffer.concat([start, chunk.subarray(0, pdfMark.length - start.length)]);
        isText &&= !start.equals(pdfMark);
      }
      if (!isText || chunk.length === 0) return;
      const bytes = unfinished.length === 0 ? chunk : Buffer.concat([unfinished, chunk]);
      const whole = bytes.length - unfinishedBytes(bytes);
      isText = isUtf8(bytes.subarray(0, whole));
      // A copy: the chunk's memory is used again.
      unfinished = Buffer.from(bytes.subarray(whole));
      breaks += countOf(chunk, lineFeed);
      last = chunk.at(-1) ?? last;
    },
    lines() {
      if (!isText || unfinished.length > 0) return undefined;
      return last === lineFeed ? breaks : breaks + 1;
    },
  };
}

/** How many bytes at the end belong to a UTF-8 character that goes on in the next chunk. */
function unfinishedBytes(bytes: Buffer): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return lengthOfCharacter(byte) > count ? count : 0;
  }
  return 0;
}

function lengthOfCharacter(firstByte: number): number {
  if (firstByte >= 0xf0) return 4;
  return firstByte >= 0xe0 ? 3 : 2;
}

function countOf(chunk: Buffer, value: number): number {
  let count = 0;
  for (let at = chunk.indexOf(value); at !== -1; at = chunk.indexOf(value, at + 1)) count++;
  return count;
}

// The words in the middle are rare in files; the pattern looks only at what stands around them.
const keyWords = "PRIVATE KEY";
const keyPattern = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/u;
const reach = 64;

function createKeySearch(): { update(chunk: Buffer): void; found(): boolean } {
  let isFound = false;
  let tail: Buffer = Buffer.alloc(0);
  return {
    update(chunk) {
      if (isFound) return;
      isFound = holdsKey(Buffer.concat([tail, chunk.subarray(0, 2 * reach)])) || holdsKey(chunk);
      const end = chunk.length >= 2 * reach ? chunk : Buffer.concat([tail, chunk]);
      tail = Buffer.from(end.subarray(-2 * reach));
    },
    found: () => isFound,
  };
}

function holdsKey(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(keyWords); at !== -1; at = bytes.indexOf(keyWords, at + 1)) {
    const around = bytes.subarray(Math.max(0, at - reach), at + reach);
    if (keyPattern.test(around.toString("latin1"))) return true;
  }
  return false;
}
