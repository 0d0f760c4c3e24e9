import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { dialect } from "../../../src/digests/tables/csv-dialect.ts";
import { digestOf } from "../digest-of.ts";

const anyText = fc
  .array(fc.constantFrom("a", "b", " ", '"', '""', "|", "|", ",", "\r", "\n", "\n", "é", "🎒"), {
    maxLength: 40,
  })
  .map((parts) => parts.join(""));

test("any text has the records and cells that csv-parse finds in it", async () => {
  let tables = 0;
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const { rows, preview, columns = [], extractor } = await digestOf("x.psv", text);
      const records = recordsOf(text);
      assert.equal(extractor, records && records.length > 0 ? "table" : "text");
      if (!records || extractor === "text") return;
      tables++;
      const hasHeader = rows === records.length - 1;
      assert.ok(hasHeader || rows === records.length);
      const expected = (hasHeader ? records.slice(1) : records).slice(0, 3);
      assert.deepEqual(
        preview.map((record) => Object.values(record as object)),
        expected,
      );
      assert.equal(columns.length, records[0]?.length);
    }),
    { numRuns: 3000 },
  );
  assert.ok(tables > 1000, `${tables} of 3000`);
});

/** By another reader; undefined if it finds a quote that is not closed. */
function recordsOf(text: string): readonly string[][] | undefined {
  try {
    return parse(text, { ...dialect("|"), relax_quotes: true });
  } catch {
    return undefined;
  }
}

test("tells types, nulls, bounds and different values of the columns", async () => {
  const rows = Array.from({ length: 2000 }, (_, index) =>
    [
      index - 5,
      `${index % 7},5`,
      index % 2 ? "TRUE" : "",
      `0${index}`,
      index % 9 ? "NA" : "x",
    ].join(";"),
  );
  const content = `n;comma;flag;code;word;day;mix;none\n${rows.map((row, index) => `${row};2024-02-0${1 + (index % 3)};${index % 2 ? "a" : "1"};`).join("\n")}`;
  const { profile } = await digestOf("x.csv", content);
  assert.deepEqual(profile, [
    {
      name: "n",
      type: "integer",
      nulls: 0,
      min: "-5",
      max: "1994",
      distinct: 1000,
      moreDistinct: true,
    },
    { name: "comma", type: "number", nulls: 0, min: "0,5", max: "6,5", distinct: 7 },
    { name: "flag", type: "boolean", nulls: 1000, min: "TRUE", max: "TRUE", distinct: 1 },
    {
      name: "code",
      type: "text",
      nulls: 0,
      min: "00",
      max: "0999",
      distinct: 1000,
      moreDistinct: true,
    },
    { name: "word", type: "text", nulls: 2000 - 223, min: "x", max: "x", distinct: 1 },
    { name: "day", type: "date", nulls: 0, min: "2024-02-01", max: "2024-02-03", distinct: 3 },
    { name: "mix", type: "mixed", nulls: 0, min: "1", max: "a", distinct: 2 },
    { name: "none", type: "empty", nulls: 2000, distinct: 0 },
  ]);
});

test("cells that a short row lacks are nulls; only the first columns have a profile", async () => {
  const { profile, facts } = await digestOf("x.csv", `${"a,".repeat(300)}b\n1\n1,2\n`);
  assert.equal(profile?.length, 200);
  assert.deepEqual(
    profile.slice(0, 3).map(({ nulls }) => nulls),
    [0, 1, 2],
  );
  assert.match(JSON.stringify(facts), /profile of the first 200 columns/u);
});
