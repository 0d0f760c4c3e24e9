import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { asciiPieceEnd, markedUnits } from "../../src/tokens/ascii-split.ts";
import { splitPattern } from "../../src/tokens/split-pattern.ts";
import { encoding } from "./plain-tiktoken.ts";
import { asciiText, awkwardText, seeded } from "./random-texts.ts";

const pattern = splitPattern(encoding.pat_str);

function pieces(text: string): string[] {
  return text.match(new RegExp(pattern.source, "gv")) ?? [];
}

const splits: readonly (readonly [name: string, pieces: readonly string[]])[] = [
  ["a blank belongs to the next word", ["one", " two", "\tthree"]],
  ["a sign belongs to the next word", ["(one", ")", " =", " two"]],
  ["contractions in any case", ["it's", " IT'S", " we'Ll", " I'VE", " you'rE", " x", "'xyz"]],
  ["the long s is an s", ["it'ſ"]],
  ["case changes", ["camel", "Case", "HTTPServer"]],
  ["three digits", ["123", "456", "7"]],
  ["signs take line ends and slashes", [" ://\r\n//", "x"]],
  ["the last blank stays with the next word", ["  ", " x"]],
  ["blanks up to the last line end", [" \n \n", "  ", " x"]],
  ["a byte order mark is a sign", ["\ufeff;"]],
  ["a next line character is white space", ["x", "\u0085"]],
  ["a no-break space is white space", ["\u00a0\u00a0"]],
  ["letters that came with Unicode 17 are signs", ["\u{16ea0}'", "s"]],
  ["digits that came with Unicode 17 are signs", ["1", "\u{11de0}", "23"]],
  ["a special token is plain text", ["<|", "endoftext", "|>"]],
];

for (const [name, expected] of splits) {
  test(`splits: ${name}`, () => assert.deepEqual(pieces(expected.join("")), expected));
}

test("each text is the sum of its pieces", () => {
  fc.assert(
    fc.property(awkwardText, (text) => assert.equal(pieces(text).join(""), text)),
    seeded,
  );
});

test("the split by hand is that of the pattern", () => {
  fc.assert(
    fc.property(asciiText, (text) => sameSplit(text)),
    { ...seeded, numRuns: 20_000 },
  );
  fc.assert(
    fc.property(awkwardText, (text) => sameSplit(text)),
    seeded,
  );
});

test("the split by hand decides nearly all of an ASCII text", () => {
  const text = "const x = it's('abc', 123);\r\n\tif (x) return;  // DON'T\n\n";
  let undecided = 0;
  sameSplit(text, () => undecided++);
  assert.equal(undecided, 0);
});

function sameSplit(text: string, onUndecided: () => void = () => undefined): void {
  const units = markedUnits(text);
  let start = 0;
  for (const piece of pieces(text)) {
    const end = asciiPieceEnd(units, start);
    if (end < 0) onUndecided();
    else assert.equal(text.slice(start, end), piece);
    start += piece.length;
  }
}
