import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createTextScan, type TextFacts } from "../../src/store/text-scan.ts";

function scan(bytes: Uint8Array, chunkBytes = bytes.length || 1): TextFacts {
  const started = createTextScan();
  // One piece of memory for all chunks, as when a file is read.
  const memory = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const length = Buffer.from(bytes).copy(memory, 0, at, at + chunkBytes);
    started.update(memory.subarray(0, length));
  }
  return started.finish();
}

function checkLines(what: string, bytes: string | number[], expected: number | undefined): void {
  test(`${what} ${expected === undefined ? "is no text" : `has ${expected} lines`}`, () => {
    for (let chunkBytes = 1; chunkBytes <= 8; chunkBytes++) {
      assert.equal(scan(Buffer.from(bytes as string), chunkBytes).lines, expected);
    }
  });
}

checkLines("a line without an end", "a", 1);
checkLines("a line with an end", "a\n", 1);
checkLines("two lines", "a\nb", 2);
checkLines("two empty lines", "\n\n", 2);
checkLines("a text with Windows line ends", "a\r\nb\r\n", 2);
checkLines("a text with a byte order mark", "\uFEFFa\n", 1);
checkLines("a text with characters of two, three and four bytes", "é€🎒\né€🎒", 2);
checkLines("a NUL", "a\0b", undefined);
checkLines("Latin-1", [0x61, 0xe9, 0x62], undefined);
checkLines("a character that is cut at the end", [0x61, 0xf0, 0x9f, 0x8e], undefined);
checkLines("an overlong form", [0xc0, 0xaf], undefined);
checkLines("a surrogate", [0xed, 0xa0, 0x80], undefined);
checkLines("a byte that only continues", [0x80], undefined);
checkLines("a code point beyond Unicode", [0xf4, 0x90, 0x80, 0x80], undefined);
checkLines("a PDF that is written in ASCII", "%PDF-1.7\n1 0 obj\n", undefined);
checkLines("a text about PDF", "the mark %PDF-\nstands first", 2);
checkLines("a text that only begins like a PDF", "%PD\n", 1);
checkLines("UTF-16", [0xff, 0xfe, 0x61, 0x00], undefined);

test("where the chunks end changes nothing, and text is what a strict decoder takes", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom("\n", "\r\n", "\0", "é", "🎒").map((text) => Buffer.from(text)),
  );
  const bytes = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces));
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 9 }), (all, chunkBytes) => {
      assert.equal(scan(all, chunkBytes).lines, linesOf(all));
    }),
    { numRuns: 3000 },
  );
});

function linesOf(bytes: Buffer): number | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text === "" ? 0 : text.replace(/\n$/u, "").split("\n").length;
  } catch {
    return undefined;
  }
}

function checkKey(text: string, expected: boolean): void {
  test(`${JSON.stringify(text)} ${expected ? "is" : "is not"} a private key`, () => {
    const filling = "x".repeat(300);
    const bytes = Buffer.from(`${filling}${text}${filling}`);
    for (const chunkBytes of [1, 2, 7, 64, 127, 128, 129, bytes.length]) {
      assert.equal(scan(bytes, chunkBytes).holdsPrivateKey, expected, `${chunkBytes}`);
    }
    // Every place at which a chunk can end within the words.
    for (let at = 280; at < 380; at++) {
      assert.equal(scan(bytes, at).holdsPrivateKey, expected, `${at}`);
    }
  });
}

checkKey("-----BEGIN PRIVATE KEY-----", true);
checkKey("-----BEGIN RSA PRIVATE KEY-----", true);
checkKey("-----BEGIN EC PRIVATE KEY-----", true);
checkKey("-----BEGIN OPENSSH PRIVATE KEY-----", true);
checkKey("-----BEGIN ENCRYPTED PRIVATE KEY-----", true);
checkKey("-----BEGIN PGP PRIVATE KEY BLOCK-----", true);
checkKey('"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE', true);
checkKey("-----BEGIN PUBLIC KEY-----", false);
checkKey("-----BEGIN CERTIFICATE-----", false);
checkKey("-----END PRIVATE KEY-----", false);
checkKey("A PRIVATE KEY is a secret", false);

test("a key in a text of another encoding is found", () => {
  const bytes = Buffer.concat([Buffer.from([0xe9]), Buffer.from("-----BEGIN PRIVATE KEY-----")]);
  assert.deepEqual(scan(bytes), { lines: undefined, holdsPrivateKey: true });
});
