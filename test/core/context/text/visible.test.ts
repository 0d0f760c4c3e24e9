import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { makeVisible } from "../../../../src/core/context/text/visible.ts";

function check(text: string, visible: string, hidden: number): void {
  assert.deepEqual(makeVisible(text), { text: visible, hidden });
}

test("a text without hidden characters is not touched", () => {
  for (const text of ["", "plain\ttext\r\nwith breaks", "Größe 漢字 😀 ½ ™ — …"])
    check(text, text, 0);
});

test("tags that spell an instruction are written out, and counted", () => {
  const tags = String.fromCodePoint(0xe0000 + 0x68, 0xe0000 + 0x69);
  check(`See${tags}!`, "See⟦U+E0068⟧⟦U+E0069⟧!", 2);
});

test("bidirectional controls are written out", () => {
  check("access = \u202E'nimda'\u2066;", "access = ⟦U+202E⟧'nimda'⟦U+2066⟧;", 2);
  for (const control of "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u2067\u2068\u2069")
    assert.equal(makeVisible(`א${control}ב`).hidden, 1);
});

test("what has no width is written out: spaces, joiners, soft hyphens and byte order marks", () => {
  check("pass\u200Bword\u00AD\u2060", "pass⟦U+200B⟧word⟦U+00AD⟧⟦U+2060⟧", 3);
  check("a\uFEFFb", "a⟦U+FEFF⟧b", 1);
  check("a\u200Db\u200Cc", "a⟦U+200D⟧b⟦U+200C⟧c", 2);
});

test("a byte order mark at the start of a text stays, a second one does not", () => {
  check("\uFEFFtext", "\uFEFFtext", 0);
  check("\uFEFF\uFEFFtext", "\uFEFF⟦U+FEFF⟧text", 1);
});

test("control characters other than tab and line breaks are written out", () => {
  check(
    "\u0000\u0007\u001B[31m\u007F\u0085\t\r\n",
    "⟦U+0000⟧⟦U+0007⟧⟦U+001B⟧[31m⟦U+007F⟧⟦U+0085⟧\t\r\n",
    5,
  );
});

test("fillers that look like nothing are written out", () => {
  for (const filler of "\u034F\u115F\u1160\u3164\uFFA0\u180E\u206A")
    assert.equal(makeVisible(`a${filler}b`).hidden, 1, filler.codePointAt(0)?.toString(16));
});

test("whatever Unicode lets programs ignore is written out between letters", () => {
  const missed: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (!/\p{Default_Ignorable_Code_Point}/u.test(character)) continue;
    if (makeVisible(`a${character}b`).hidden !== 1) missed.push(code.toString(16));
  }
  assert.deepEqual(missed.slice(0, 20), []);
});

test("variation selectors that carry data are written out", () => {
  const bytes = [0x68, 0x69, 0x21];
  const high = String.fromCodePoint(...bytes.map((byte) => 0xe0100 + byte - 16));
  const low = String.fromCodePoint(...[0, 15, 7, 3].map((nibble) => 0xfe00 + nibble));
  assert.equal(makeVisible(`😀${high}`).hidden, 3);
  assert.ok(makeVisible(`😀${low}`).hidden >= 3);
  assert.equal(makeVisible(`a${low}`).hidden, 4);
});

const shaped: Readonly<Record<string, string>> = {
  "emoji of several people": "👨‍👩‍👧‍👦 👩🏽‍🤝‍👨🏿 👩‍❤️‍💋‍👨",
  "emoji with a sign": "🤷‍♀️ 🏃🏻‍♂️ 👩‍⚕️",
  flags: "🇩🇪🇯🇵 🏳️‍🌈 🏴‍☠️ 🏳️‍⚧️",
  "characters shown as emoji or as text": "❤️ ☎︎ ✔️ 1️⃣ #️⃣ ©️",
  Persian: "می‌خواهم کتاب‌ها",
  Hindi: "क्‍ष क्‌ष नमस्ते",
  Malayalam: "അവന്‍റെ",
  Sinhala: "ක්‍ෂ ශ්‍රී",
};

for (const [what, text] of Object.entries(shaped)) {
  test(`joiners and selectors that shape what people see stay as they are: ${what}`, () => {
    check(text, text, 0);
  });
}

test("a joiner without letters or emoji on both sides is written out", () => {
  check("😀\u200Da", "😀⟦U+200D⟧a", 1);
  check("a\u200D😀", "a⟦U+200D⟧😀", 1);
  check("\u200D😀", "⟦U+200D⟧😀", 1);
  check("می\u200C", "می⟦U+200C⟧", 1);
  check("😀\u200C😀", "😀⟦U+200C⟧😀", 1);
});

const shaping = "a|1|م|ن|क|्|字|́|😀|❤|👩|🏽|♀|🏴";
const hiding = "\u200C|\u200D|\uFE0F|\uFE00|\u{E0100}|\u{E0067}|\u034F|\u200B";
const hostile = fc
  .array(fc.constantFrom(...`${shaping}|${hiding}|${hiding}`.split("|")))
  .map((pieces) => pieces.join(""));

test("what was made visible once stays as it is, and what is told as hidden is what was written out", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { text: visible, hidden } = makeVisible(text);
      assert.equal(visible.split("⟦U+").length - 1, hidden);
      assert.deepEqual(makeVisible(visible), { text: visible, hidden: 0 });
    }),
    { numRuns: 5_000 },
  );
});

test("nothing is lost: the characters that were written out can be put back", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const back = makeVisible(text).text.replaceAll(/⟦U\+([0-9A-F]+)⟧/gu, (_, code: string) =>
        String.fromCodePoint(Number.parseInt(code, 16)),
      );
      assert.equal(back, text);
    }),
  );
});

test("a megabyte of hidden characters takes a moment, whatever they are", () => {
  const attacks = [
    "\u200B",
    "\u200D",
    "😀\u200D",
    "\u{E0041}",
    "\uFE0F",
    "\u200C\u200D",
    "م\u200C",
  ];
  for (const attack of attacks) {
    const text = attack.repeat(1_000_000 / attack.length);
    const start = performance.now();
    makeVisible(text);
    const took = performance.now() - start;
    assert.ok(took < 3_000, `${attack.codePointAt(0)?.toString(16)}: ${took} ms`);
  }
});
