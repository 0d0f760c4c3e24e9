import assert from "node:assert/strict";
import { test } from "node:test";
import { version } from "../../src/digests/version.ts";
import { digestOf } from "./digest-of.ts";

test("a text is told by its number of lines and the first of them", async () => {
  const content = "# Title\r\n\r\n  one\ntwo\nthree\nfour\nfive";
  assert.deepEqual(await digestOf("notes.xyz", content), {
    contentId: "id",
    version,
    extractor: "text",
    type: "xyz",
    preview: ["# Title", "", "  one", "two", "three"],
    text: "xyz, 7 lines\n# Title\n\n  one\ntwo\nthree",
  });
});

const types: readonly (readonly [string, string])[] = [
  ["a.ts", "ts"],
  ["A.Component.TSX", "tsx"],
  ["Makefile", "text"],
  [".gitignore", "text"],
  ["archive.", "text"],
  ["v1.2 final version", "text"],
  ["folder.d/README", "text"],
];
for (const [name, type] of types) {
  test(`${name} is of type ${type}`, async () =>
    assert.equal((await digestOf(name, "x")).type, type));
}

test("an empty file is called so", async () => {
  const { preview, text } = await digestOf("a.txt", "");
  assert.deepEqual([preview, text], [[], "txt, empty"]);
});

test("long lines are cut between characters", async () => {
  const lines = ["a".repeat(120), "a".repeat(121), `${"a".repeat(118)}🎒🎒`, "€".repeat(100_000)];
  const { preview } = await digestOf("a.txt", `\uFEFF${lines.join("\n")}\n`);
  assert.deepEqual(preview, [
    "a".repeat(120),
    `${"a".repeat(119)}…`,
    `${"a".repeat(118)}…`,
    `${"€".repeat(119)}…`,
  ]);
});

test("a line of the digest has no line breaks and control characters of its own", async () => {
  const { preview, text } = await digestOf("a.txt", "one\rtwo\u001B[31m\u2028three\n");
  assert.deepEqual(preview, ["one\rtwo\u001B[31m\u2028three"]);
  assert.equal(text, "txt, 1 line\none two [31m three");
});
