import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDigest } from "../../../src/core/files/describe-digest.ts";
import type { ColumnProfile, Digest } from "../../../src/core/files/digest.ts";

const bare: Digest = {
  contentId: "ab".repeat(32),
  extractor: "text",
  version: 3,
  type: "txt",
  preview: ["first line", "second `line`"],
  text: "txt, 2 lines",
};

const sales: Digest = {
  ...bare,
  extractor: "table",
  type: "csv",
  columns: ["region", "revenue"],
  rows: 12_000,
  preview: [
    { region: "West", revenue: 1200 },
    { region: null, revenue: "" },
  ],
  facts: [{ name: "delimiter", value: "comma" }],
  profile: [
    { name: "region", type: "text", nulls: 1, min: "East", max: "West", distinct: 2 },
    { name: "revenue", type: "integer", nulls: 0, distinct: 1000, moreDistinct: true },
  ],
  text: "csv, 12,000 rows",
};

test("a table is shown with its facts, its columns and its first rows", () => {
  assert.equal(
    describeDigest("sales.csv", sales),
    [
      "# Digest of `sales.csv`",
      "`csv` · content `abababababab` · made by the extractor `table`, version 3",
      "- rows: `12,000`\n- columns: `2`\n- delimiter: `comma`",
      "## Columns",
      [
        "| Column | Type | Without a value | Smallest | Largest | Different |",
        "| --- | --- | --- | --- | --- | --- |",
        "| `region` | text | 1 | `East` | `West` | 2 |",
        "| `revenue` | integer | 0 |  |  | more than 1,000 |",
      ].join("\n"),
      "## First rows",
      "| `region` | `revenue` |\n| --- | --- |\n| `West` | `1200` |\n| `null` |  |",
      "## In words, as a model is shown it",
      "```text\ncsv, 12,000 rows\n```",
      "",
    ].join("\n\n"),
  );
});

test("a text is shown by its first lines", () => {
  const shown = describeDigest("a.txt", bare);
  assert.match(shown, /## First lines\n\n```text\nfirst line\nsecond `line`\n```\n/u);
  assert.doesNotMatch(shown, /## Columns|## First rows|^- /mu);
});

test("what the extractor says of rows and columns counts for more than how many are named", () => {
  const facts = [{ name: "columns", value: "5,000" }];
  assert.match(
    describeDigest("a.csv", { ...sales, facts }),
    /\n- rows: `12,000`\n- columns: `5,000`\n\n/u,
  );
});

test("a wide table names a hundred columns and says how many more there are", () => {
  const profile = Array.from({ length: 130 }, (_, index): ColumnProfile => {
    return { name: `c${index}`, type: "text", nulls: 0 };
  });
  const columns = profile.map(({ name }) => name);
  const shown = describeDigest("wide.csv", { ...sales, columns, profile, preview: [{ c0: 1 }] });
  assert.ok(shown.includes("| `c99` | text |") && !shown.includes("`c100`"));
  assert.ok(shown.includes("\n\n… and 30 more columns\n\n## First rows"));
  assert.match(shown, /\| `c11` \|\n[^`]*\n\| `1` \|(?:  \|){11}\n\n… and 118 more columns/u);
});

test("how many rows were looked at is said if it was not all", () => {
  const looked = (...parts: readonly (number | undefined)[]): string => {
    const profile = parts.map((ofRows, index): ColumnProfile => {
      return { name: `c${index}`, type: "text", nulls: 0, ofRows };
    });
    const shown = describeDigest("a.csv", { ...sales, profile });
    return /^What .* columns hold.*$/mu.exec(shown)?.[0] ?? "";
  };
  assert.equal(looked(undefined), "");
  assert.equal(
    looked(1000, 1000),
    "What the columns hold was counted in 1,000 of 12,000 rows, not in all of them.",
  );
  assert.equal(
    looked(1000, undefined, 500),
    "What some columns hold was counted in 500 to 1,000 of 12,000 rows, not in all of them.",
  );
});

test("records without named columns are shown by their keys, and other values line by line", () => {
  const records = describeDigest("a.jsonl", { ...bare, preview: [{ a: 1 }, { b: [2] }] });
  assert.ok(records.includes("| `a` | `b` |\n| --- | --- |\n| `1` |  |\n|  | `[2]` |"));
  for (const preview of [[{ a: 1 }, 2], [{}], [[1, 2], null]])
    assert.match(describeDigest("a.json", { ...bare, preview }), /## First lines\n\n```text\n/u);
  assert.doesNotMatch(describeDigest("a.bin", { ...bare, preview: [] }), /## First/u);
});

test("a column may be named as what every object has", () => {
  const columns = ["constructor", "__proto__"];
  const shown = describeDigest("a.csv", { ...sales, columns, preview: [{ other: 1 }] });
  assert.ok(shown.includes("| `constructor` | `__proto__` |\n| --- | --- |\n|  |  |"));
});

const hostile = [
  "<img src=x onerror=alert(1)>",
  "[click](command:satchel.emptyTrash)",
  "`</code><script>`",
  "a | b \\| ![](http://x.example/y.png) <b>",
  "```\n# heading",
  "\r\n\r\n<h1>",
  "x\u202Egnp.exe",
];

test("what the file holds is neither Markdown nor HTML", () => {
  for (const text of hostile) {
    const shown = describeDigest(text, {
      ...sales,
      type: text,
      facts: [{ name: text, value: text }],
      columns: [text],
      preview: [{ [text]: text }],
      profile: [{ name: text, type: "text", nulls: 0, min: text, max: text }],
      text,
    });
    const outside = withoutCode(shown);
    assert.doesNotMatch(outside, /[<>[\]\\]|!\(|\u202E/u, text);
    const rows = shown.split("\n").filter((line) => line.startsWith("| "));
    const bars = rows.map((line) => line.split("|").length);
    assert.deepEqual(bars, [8, 8, 8, 3, 3, 3], text);
    assert.equal(shown.match(/^#+ /gmu)?.length, 4 + (text.includes("\n# ") ? 1 : 0), text);
  }
});

/** What is left of Markdown when all code is cut out of it. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/gu, "");
}

test("a fence is longer than any in the text, and hidden characters are written out", () => {
  const shown = describeDigest("a.md", { ...bare, preview: ["````", "b\u200Bc"] });
  assert.ok(shown.includes("`````text\n````\nb⟦U+200B⟧c\n`````"));
});

test("long lists and long cells are cut, and say so", () => {
  const preview = Array.from({ length: 60 }, (_, index) => `line ${index}`);
  assert.match(describeDigest("a.txt", { ...bare, preview }), /line 49\n… and 10 more\n```/u);
  const records = Array.from({ length: 25 }, () => ({ a: "x".repeat(200) }));
  const shown = describeDigest("a.csv", { ...sales, columns: ["a"], preview: records });
  assert.ok(shown.includes(`| \`${"x".repeat(80)}…\` |`));
  assert.ok(shown.includes("\n\n… and 5 more rows\n\n"));
});
