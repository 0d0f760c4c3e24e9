import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../src/core/files/digest.ts";
import { digestOf } from "../digest-of.ts";

const rows = "name,city\nZoë,Köln\nRené,Málaga\n";
const latin = Buffer.from("id;prénom;département\n1;Éloïse;Hérault\n2;Benoît;Ardèche\n", "latin1");

/** The bytes that an encoding gives to characters: `TextDecoder` backwards, over all that two bytes can say. */
function encoderOf(label: string): (text: string) => Buffer {
  const decoder = new TextDecoder(label, { fatal: true });
  const bytesOf = new Map<string, readonly number[]>();
  const learn = (...bytes: number[]): void => {
    try {
      const character = decoder.decode(new Uint8Array(bytes));
      if (Array.from(character).length === 1 && !bytesOf.has(character))
        bytesOf.set(character, bytes);
    } catch {
      // These bytes are no character.
    }
  };
  for (let one = 0; one < 256; one++) learn(one);
  for (let one = 0x81; one < 0xff; one++) for (let two = 0x40; two < 0xff; two++) learn(one, two);
  return (text) => Buffer.from(Array.from(text).flatMap((each) => bytesOf.get(each) ?? [0]));
}

function wide(text: string, isBig = false): Buffer {
  const bytes = Buffer.from(text, "utf16le");
  return isBig ? bytes.swap16() : bytes;
}

function encodingOf({ facts }: Digest): string | undefined {
  return facts?.find(({ name }) => name === "encoding")?.value;
}

const chinese = "姓名,城市\n张伟,北京\n李娜,上海\n";
const japanese = "なまえ,まち\nこれはひらがなの文です,東京\nカタカナもあります,大阪\n";
const texts: Readonly<
  Record<string, readonly [bytes: Buffer, encoding: string, columns: readonly string[]]>
> = {
  "UTF-16 LE with a mark": [wide(`\uFEFF${chinese}`), "UTF-16 LE", ["姓名", "城市"]],
  "UTF-16 BE with a mark": [wide(`\uFEFF${chinese}`, true), "UTF-16 BE", ["姓名", "城市"]],
  "UTF-16 LE without a mark": [wide(rows), "UTF-16 LE", ["name", "city"]],
  "UTF-16 BE without a mark": [wide(rows, true), "UTF-16 BE", ["name", "city"]],
  "a long UTF-16 LE": [wide(rows.repeat(100_000)), "UTF-16 LE", ["name", "city"]],
  GBK: [encoderOf("gbk")(chinese), "GBK", ["姓名", "城市"]],
  "a long GBK": [encoderOf("gbk")(chinese.repeat(60_000)), "GBK", ["姓名", "城市"]],
  "Shift-JIS": [encoderOf("shift_jis")(japanese), "Shift-JIS", ["なまえ", "まち"]],
  "Latin-1": [latin, "Latin-1 (Windows-1252)", ["id", "prénom", "département"]],
};

for (const [what, [bytes, encoding, columns]] of Object.entries(texts)) {
  test(`a table in ${what} is read, and its encoding told`, async () => {
    const digest = await digestOf("a.csv", bytes);
    assert.equal(digest.extractor, "table");
    assert.deepEqual(digest.columns, columns);
    assert.equal(encodingOf(digest), encoding);
    assert.equal(digest.text.split("\n")[1], `encoding: ${encoding}`);
  });
}

test("what no family knows is a text in its encoding, too", async () => {
  const digest = await digestOf("a", encoderOf("gbk")("这是一个简单的文本文件\n第二行\n"));
  assert.equal(digest.text, "text, 2 lines\nencoding: GBK\n这是一个简单的文本文件\n第二行");
});

test("UTF-8 has no encoding to tell", async () => {
  assert.equal(encodingOf(await digestOf("a.csv", rows)), undefined);
  assert.equal(encodingOf(await digestOf("a.csv", `\uFEFF${rows}`)), undefined);
});

const polish = [0xa3, ...Buffer.from("ukasz,"), 0xa3, 0xf3, ...Buffer.from("d"), 0xbc];
const others: Readonly<Record<string, Buffer>> = {
  "half a character of UTF-16": wide(`\uFEFF${rows}`).subarray(0, -1),
  "a lone surrogate in UTF-16": wide("\uFEFFa,b\n\uD800,2\n"),
  "samples of sound": Buffer.from(
    new Int16Array(4000).map((_, at) => 900 * Math.sin(at / 9)).buffer,
  ),
  "small numbers of 16 bits": Buffer.from(
    new Uint16Array(4000).map((_, at) => (at + 5) % 9).buffer,
  ),
  "Polish in ISO 8859-2": Buffer.from([...Buffer.from("name,city\n"), ...polish]),
  "Cyrillic in Windows-1251": encoderOf("windows-1251")("имя,город\nИван,Москва\nОльга,Казань\n"),
  "Latin-1 with a control character": Buffer.concat([latin, Buffer.from([1])]),
  "any bytes but NUL": Buffer.from(Array.from({ length: 4096 }, (_, at) => ((at * 167) % 255) + 1)),
};
for (const [what, bytes] of Object.entries(others)) {
  test(`${what} is not taken for a text in another encoding`, async () => {
    const digest = await digestOf("a.csv", bytes);
    assert.deepEqual([digest.extractor, encodingOf(digest)], ["binary", undefined]);
  });
}
