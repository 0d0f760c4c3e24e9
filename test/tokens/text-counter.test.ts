import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import * as fc from "fast-check";
import { openTiktoken } from "../../src/tokens/open-tiktoken.ts";
import { createTextCounter, type TextCounter } from "../../src/tokens/text-counter.ts";
import { encoding, finish, plainCount, tokenFiles } from "./plain-tiktoken.ts";
import { anyText, asciiText, awkwardText, seeded } from "./random-texts.ts";

const minified =
  'function n(t){if(r[t])return r[t].exports;var e=r[t]={i:t,l:!1,exports:{}};return o[t].call(e.exports,e,e.exports,n),e.l=!0}"use strict";';
const base64 = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * index * 7) % 251));

const texts: Record<string, string> = {
  nothing: "",
  contractions: "I'm you're HE'S we'Ve they'LL i'd DON'T don't it'ſ 'S 'sS 'll' ''s x'y",
  digits: "0 12 123 1234 12345678901234567890 3.14159 1e-9 １２３４ ½¾ ²³ Ⅻ ٠١٢٣",
  chinese: "我们在北京大学学习计算机科学，二〇二四年。",
  japanese: "これはペンです。カタカナとひらがな、ー々〆",
  korean: "안녕하세요 세계! 한국어",
  emoji: "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 👍🏽 ❤️‍🔥 😀😀😀😀",
  rightToLeft: "שלום עולם! مرحبا بالعالم \u202eabc\u202c ١٢٣",
  combining: "e\u0301 n\u0303 हिन्दी ก็ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤",
  whiteSpace: " a  b   c\t\td \u00a0\u00a0e\u3000\u3000\u3000f\u2028g\u0085h\ufeffi   \n  \n   ",
  lineEnds: "a\r\nb\r\n\r\nc\n\n\nd\re\n  \r\n f;\r\n//\n/**/\n",
  nul: "a\0b\0\0\0c\x01\x1c\x7f",
  specialTokens: "<|endoftext|> a<|endofprompt|>b <|fim_prefix|>",
  minified,
  base64: base64.toString("base64"),
  dataUri: `url(data:font/woff2;base64,${base64.toString("base64")})`,
  hexadecimal: base64.toString("hex"),
  loneSurrogates: "a\ud800b \udc00\udc00 \ud83d'\ude00 1\udfff23 \ud800's",
  noncharacters: "a\uffffb \uffff\uffff\ufffe 12\uffff3 \uffff's",
  byteOrderMark: "\ufeffconst a = 1;\n",
  mixed: "naïve café — “quoted” façade_Ünïcode ǅungla ʰʲ №5 x²+y²",
};

describe("counts what plain tiktoken counts", () => {
  let counter: TextCounter;
  let inBits: TextCounter;
  before(async () => {
    counter = await openTiktoken(tokenFiles);
    inBits = createTextCounter({ encoding, countPiece: plainCount, segmentSize: 5 });
  });

  function check(text: string): void {
    const expected = plainCount(text);
    const bytes = Buffer.from(text);
    assert.equal(finish(counter.count(text)), expected);
    assert.equal(finish(counter.countUtf8(bytes)), expected);
    assert.equal(finish(inBits.count(text)), expected);
    assert.equal(finish(inBits.countUtf8(bytes)), expected);
  }

  for (const [name, text] of Object.entries(texts)) {
    test(`of ${name}`, () => {
      check(text);
      // A second time from the memo, and in the middle of other text.
      check(`${text}x${text} `);
    });
  }

  test("of awkward texts", () => fc.assert(fc.property(awkwardText, check), seeded));
  test("of ASCII texts", () => fc.assert(fc.property(asciiText, check), seeded));
  test("of any texts", () => fc.assert(fc.property(anyText, check), seeded));

  test("of invalid UTF-8, as a text decoder reads it", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const bytes = fc.oneof(
      fc.uint8Array(),
      awkwardText.chain((text) => fc.shuffledSubarray([...Buffer.from(text)]).map(toBytes)),
    );
    fc.assert(
      fc.property(bytes, (invalid) => {
        const expected = plainCount(decoder.decode(invalid));
        assert.equal(finish(counter.countUtf8(invalid)), expected);
        assert.equal(finish(inBits.countUtf8(invalid)), expected);
      }),
      seeded,
    );
  });

  test("of every code point beside what could tell its kind", () => {
    const points = Array.from({ length: 0x34000 }, (_, point) => point).filter(isTelling);
    for (let from = 0; from < points.length; from += 64) {
      const text = points
        .slice(from, from + 64)
        .map((point) => String.fromCodePoint(point))
        .map((character) => `${character}'s 1${character}23`)
        .join("");
      assert.equal(finish(counter.count(text)), plainCount(text), `from ${points[from]}`);
    }
  });

  test("of long pieces", () => {
    for (const text of [
      "a".repeat(20_000),
      `x ${" ".repeat(9_999)}y`,
      "-=".repeat(4_000),
      "ab中".repeat(3_000),
      "é".repeat(2_500),
      `${"Q".repeat(999)} ${"Q".repeat(1000)} ${"Q".repeat(1001)}`,
    ]) {
      check(text);
    }
  });
});

test("counts each distinct piece once", () => {
  const asked: string[] = [];
  const countPiece = (piece: string): number => asked.push(piece);
  finish(createTextCounter({ encoding, countPiece }).count("one two one two one two"));
  assert.deepEqual(asked, ["one", " two", " one"]);
});

test("yields after each segment, so that several counts can take turns", () => {
  const counter = createTextCounter({ encoding, countPiece: () => 1, segmentSize: 10 });
  const first = counter.count("a b c d e f g h i j k l m n o p");
  const second = counter.countUtf8(Buffer.from("a b c d e f g h"));
  assert.equal(first.next().done, false);
  assert.equal(second.next().done, false);
  assert.equal(finish(first), 16);
  assert.equal(finish(second), 8);
});

test("names what stands in the way when a run is too long for a regular expression", () => {
  const counter = createTextCounter({ encoding, countPiece: () => 1 });
  assert.throws(() => finish(counter.count("中".repeat(8_000_000))), { code: "file-too-large" });
});

/** Of long rows of characters of one kind, every 97th one will do. */
function isTelling(point: number): boolean {
  const rows = [
    [0x3400, 0x9fff],
    [0xac00, 0xf8ff],
    [0x17000, 0x187ef],
    [0x18b00, 0x18cff],
    [0x1b000, 0x1b2ff],
    [0x20000, 0x2b738],
    [0x2b740, 0x2ce9f],
    [0x2ceb0, 0x34000],
  ] as const;
  return point % 97 === 0 || rows.every(([first, last]) => point < first || point > last);
}

function toBytes(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}
