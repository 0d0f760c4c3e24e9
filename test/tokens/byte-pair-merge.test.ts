import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { countByMerging } from "../../src/tokens/byte-pair-merge.ts";
import { parseRanks } from "../../src/tokens/ranks.ts";
import { encoding, finish, plainCount } from "./plain-tiktoken.ts";
import { seeded } from "./random-texts.ts";

const ranks = parseRanks(encoding.bpe_ranks);

test("finds the rank of each published token", () => {
  const [, first, ...tokens] = encoding.bpe_ranks.split(" ");
  for (const [index, token] of tokens.entries()) {
    const bytes = Buffer.from(token, "base64");
    assert.equal(ranks.of(bytes, 0, bytes.length), Number(first) + index);
  }
  assert.equal(ranks.of(Buffer.from("a thing that is no token"), 0, 24), -1);
});

describe("merges one piece as plain tiktoken does", () => {
  // One piece each: small letters only, capital letters only, signs only, Chinese only.
  const alphabets = [
    "ab",
    "abcdefghijklmnopqrstuvwxyz",
    "theinrs",
    "AB",
    "QWERTY",
    "-=",
    "中文字的一是",
  ];
  const piece = fc.constantFrom(...alphabets).chain((letters) =>
    fc.string({
      unit: fc.constantFrom(...letters.split("")),
      minLength: 1,
      maxLength: 400,
      size: "max",
    }),
  );

  test("at once", () => {
    fc.assert(
      fc.property(piece, (text) => {
        assert.equal(finish(countByMerging(Buffer.from(text), ranks)), plainCount(text));
      }),
      seeded,
    );
  });

  test("window by window", () => {
    const window = fc.record({
      size: fc.integer({ min: 8, max: 80 }),
      overlap: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(piece, window, (text, { size, overlap }) => {
        const steps = countByMerging(Buffer.from(text), ranks, { size, overlap });
        assert.equal(finish(steps), plainCount(text));
      }),
      seeded,
    );
  });

  test("when it repeats itself over many windows", () => {
    for (const unit of ["a", "ab", "abc", "aab", "-", "=-", "中", "the", "hello", "A"]) {
      const bytes = Buffer.from(unit.repeat(5000));
      const whole = finish(countByMerging(bytes, ranks, { size: bytes.length, overlap: 0 }));
      for (const size of [200, 257, 4096]) {
        assert.equal(finish(countByMerging(bytes, ranks, { size, overlap: 130 })), whole);
      }
    }
  });
});

// A quadratic merge would take minutes.
test("a million equal letters", { timeout: 20_000 }, () => {
  assert.equal(finish(countByMerging(Buffer.alloc(1_000_000, "a"), ranks)), 125_000);
});
