import * as fc from "fast-check";

/** Runs of random texts that always are the same. */
export const seeded: { readonly seed: number; readonly numRuns: number } = {
  seed: 20_240_513,
  numRuns: 4_000,
};

const ascii: readonly string[] = [
  "'s 'S 't 'M 'd 'll 'LL 'lL 're 'RE 've 'Ve 'r 'v 'l 'x ' ''",
  "a b Z abc ABC Abc aBC camelCase HTTPServer I x1 1 12 123 1234 0x7f",
  '- -- --- / // /* */ ( ) ); { } [ ] _ __ . ... , ; : = == => " ` $ % & + < > | \\ <|endoftext|>',
].flatMap((line) => line.split(" "));

const blanks: readonly string[] = [
  " ",
  " ",
  "  ",
  "   ",
  "\t",
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\v",
  "\f",
];

const others: readonly string[] = [
  "é É ñ Ñ ſ 'ſ ß ǅ ʰ e\u0301 \u0301 中 文字 漢字かな の ー 한국 ไทย हिन्दी עברית مرحبا ١٢٣ １２ ½ ² Ⅷ",
  "😀 👩‍👩‍👧 🇩🇪 ❤️ € — “ ” … № \u200d \u200f \u202e \ufffd \uffff \ud800 \udc00 \0 \x1c \x7f",
  "\u088f \u1acf \ua7ce \u{10940} \u{11de0} \u{16ea0} \u{323b0}",
]
  .flatMap((line) => line.split(" "))
  // White space and byte order mark: what `\s` means differs between JavaScript and Rust.
  .concat(["\u0085", "\u00a0", "\u2028", "\u3000", "\ufeff", "\u180e", "\u200b"]);

/** Texts put together from what is awkward to split. */
export const awkwardText: fc.Arbitrary<string> = textOf([
  ...ascii,
  ...blanks,
  ...blanks,
  ...others,
]);

/** Texts mostly of ASCII, seldom of anything else. */
export const asciiText: fc.Arbitrary<string> = textOf([...ascii, ...blanks, "é", "\uffff", "ſ"]);

/** Texts of any code units at all. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60, size: "max" }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60, size: "max" })
    .map((units) => String.fromCharCode(...units)),
);

function textOf(parts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...parts), { maxLength: 40, size: "max" })
    .map((chosen) => chosen.join(""));
}
