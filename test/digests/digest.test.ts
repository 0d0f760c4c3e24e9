import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { digest, indexOf } from "../../src/digests/digest.ts";
import type { Family } from "../../src/digests/families.ts";
import { version } from "../../src/digests/version.ts";
import { digestOf } from "./digest-of.ts";

const notText: Readonly<Record<string, string | number[]>> = {
  "a NUL": "a,b\0\n",
  "Latin-1": [0x61, 0xe9, 0x62],
  "a lone surrogate": [0xed, 0xa0, 0x80],
};
for (const [what, content] of Object.entries(notText)) {
  test(`${what} is told by kind and size alone`, async () => {
    const bytes = Buffer.from(content as string);
    assert.deepEqual(await digestOf("a.csv", bytes), {
      contentId: "id",
      version,
      extractor: "binary",
      type: "csv",
      preview: [],
      text: `csv, ${bytes.length} bytes, not text`,
    });
    assert.equal((await digestOf("a", bytes)).type, "binary");
  });
}

test("a PDF that is written in ASCII is no text", async () => {
  const { extractor, type } = await digestOf("a.csv", "%PDF-1.7\n");
  assert.notEqual(extractor, "text");
  assert.equal(type, "pdf");
});

test("an extractor that throws leaves a plain file that says so", async () => {
  const thrower = (name: string, isText: boolean): Family => ({
    name,
    extensions: name,
    isText,
    extract: () => Promise.reject(new TypeError("cannot read properties")),
  });
  const index = indexOf([thrower("poems", true), thrower("songs", false)]);
  const told = async (name: string, content: string): Promise<string> => {
    const bytes = new TextEncoder().encode(content);
    const pause = (): Promise<void> => Promise.resolve();
    return (await digest({ contentId: "id", name, bytes }, pause, index)).text;
  };
  const reason = "kept as a plain file: reading it as";
  assert.equal(await told("a.poems", "one\n"), `poems, 1 line\n${reason} poems failed\none`);
  assert.equal(await told("a.songs", "\0"), `songs, 1 byte, not text\n${reason} songs failed`);
});

const names = ["a.csv", "a.tsv", "a.json", "a.jsonl", "a.md", "a"];
const pieces = ['""', ...Array.from('a1,\t;"\n\r{}[]:é\uFEFF')];
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => Buffer.from(all.join(""))),
  fc.string({ unit: "binary", maxLength: 60 }).map((text) => Buffer.from(text)),
);

test("any bytes have a digest, which JSON can hold and which is always the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), anyBytes, async (name, bytes) => {
      const made = await digestOf(name, bytes);
      assert.deepEqual(JSON.parse(JSON.stringify(made)), made);
      assert.deepEqual(await digestOf(`folder/other-${name}`, bytes), made);
      assert.ok(made.text.startsWith(made.type));
      assert.ok(made.text.length <= 1200 && made.text.isWellFormed());
    }),
    { numRuns: 1000 },
  );
});

test("the text stays short whatever is in the file", async () => {
  const word = "x".repeat(10_000);
  const contents = {
    "a.csv": `${`${word},`.repeat(100)}\n`.repeat(4),
    "a.json": `[${Array(5)
      .fill(JSON.stringify({ [word]: word, list: [[word], [word]] }))
      .join(",")}]`,
    "a.xyz": `${word}\n`.repeat(10),
  };
  for (const [name, content] of Object.entries(contents)) {
    const { text } = await digestOf(name, content);
    assert.ok(text.length > 300 && text.length <= 1200, `${name}: ${text.length}`);
  }
});

const large: Readonly<Record<string, string>> = {
  "a.csv": "a,b\n1,2\n".repeat(300_000),
  "a.tsv": "a\tb\n1\t2\n".repeat(300_000),
  "a.json": `[${'{"a":[1,"b"]},'.repeat(200_000)}0]`,
  "one-value.json": `{"a":[${'{"a":[1,"b"]},'.repeat(200_000)}0]}`,
  "a.jsonl": '{"a":[1,"b"]}\n'.repeat(200_000),
  "a.md": "a line\n".repeat(400_000),
};
for (const [name, content] of Object.entries(large)) {
  test(`an abort ends the digest of ${name} at the next pause`, async () => {
    const reason = new Error("not wanted any more");
    let pauses = 0;
    const pause = async (): Promise<void> => {
      if (++pauses === 3) throw reason;
    };
    await assert.rejects(digestOf(name, content, pause), reason);
    assert.equal(pauses, 3);
  });
}
