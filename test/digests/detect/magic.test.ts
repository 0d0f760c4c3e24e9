import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { families } from "../../../src/digests/families.ts";
import { digestOf } from "../digest-of.ts";

const onePixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

for (const name of ["a.csv", "a.json", "a.png", "a"]) {
  test(`a picture named ${name} is told as a picture`, async () => {
    assert.equal((await digestOf(name, onePixel)).type, "png");
  });
}

test("the first bytes of a text do not make it something else", async () => {
  for (const start of ["BM", "MZ", "PK", "ID3", "GIF89a", "II*", "RIFF"]) {
    const digest = await digestOf("a.csv", `${start},b\n1,2\n`);
    assert.deepEqual(digest.columns, [start, "b"]);
    const { extractor } = await digestOf("a", `${start} is the start of this text\n`);
    assert.equal(extractor, "text");
  }
});

test("what is cut off, or looks like something and is not, is told by kind and size", async () => {
  const broken = [onePixel.subarray(0, 12), Buffer.from("PK\u0003\u0004\0"), deflateSync("a")];
  for (const bytes of broken) {
    const { text } = await digestOf("a.bin", bytes);
    assert.ok(text.length > 0);
  }
});

test("no two families have the same extension", () => {
  const all = families.flatMap(({ extensions }) => extensions.split(" "));
  assert.deepEqual(
    all.filter((extension, index) => all.indexOf(extension) !== index),
    [],
  );
});
