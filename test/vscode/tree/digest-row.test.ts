import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../src/core/files/digest.ts";
import { digestRowOf } from "../../../src/vscode/tree/digest-row.ts";

const digest: Digest = {
  contentId: "id",
  extractor: "table",
  version: 1,
  type: "csv",
  preview: [],
  text: "csv, 80 rows, 3 columns\nWest | 1200",
};

test("the row of a digest says its first line, and is spoken with the file's path", () => {
  assert.deepEqual(digestRowOf(digest, "data/sales.csv"), {
    description: "csv, 80 rows, 3 columns",
    spoken: "Digest of data/sales.csv, csv, 80 rows, 3 columns",
    facts: [],
  });
});

test("a file without a digest says so", () => {
  const { description, spoken } = digestRowOf(undefined, "a.txt");
  assert.equal(description, "not made yet");
  assert.equal(spoken, "Digest of a.txt, not made yet");
});

test("facts are lines of their own, and stand in for a text that is empty", () => {
  const facts = [
    { name: "pages", value: "12" },
    { name: "title", value: "Q4\nreport" },
  ];
  const row = digestRowOf({ ...digest, type: "pdf", text: " \n", facts }, "a.pdf");
  assert.deepEqual(row.facts, [
    { name: "pages", value: "12" },
    { name: "title", value: "Q4 report" },
  ]);
  assert.equal(row.description, "pdf, pages 12, title Q4 report");
});

test("nothing hides in a row, and none is endless", () => {
  const text = `a\u202Eb ${"x".repeat(500)}`;
  const facts = Array.from({ length: 80 }, () => ({ name: "n", value: text }));
  const row = digestRowOf({ ...digest, text, facts }, "a.csv");
  for (const line of [row.description, row.facts[0]?.value ?? ""]) {
    assert.match(line, /^a⟦U\+202E⟧b x+…$/u);
    assert.ok(line.length <= 201);
  }
  assert.equal(row.facts.length, 50);
});
