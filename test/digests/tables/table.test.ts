import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { version } from "../../../src/digests/version.ts";
import { digestOf } from "../digest-of.ts";

test("a table is told by its columns, the number of its rows and the first of them", async () => {
  const content = "id,name,value\r\n1,Ann,3.5\r\n2,Bo,\r\n3,Cy,-1\r\n4,Di,8\r\n";
  assert.deepEqual(await digestOf("people.csv", content), {
    contentId: "id",
    version,
    extractor: "table",
    type: "csv",
    columns: ["id", "name", "value"],
    rows: 4,
    preview: [
      { id: "1", name: "Ann", value: "3.5" },
      { id: "2", name: "Bo", value: "" },
      { id: "3", name: "Cy", value: "-1" },
    ],
    facts: [
      { name: "rows", value: "4" },
      { name: "columns", value: "3" },
      { name: "rows counted", value: "all, by reading the whole file" },
      { name: "delimiter", value: "comma" },
      { name: "header", value: "first row" },
    ],
    profile: [
      { name: "id", type: "integer", nulls: 0, min: "1", max: "4", distinct: 4 },
      { name: "name", type: "text", nulls: 0, min: "Ann", max: "Di", distinct: 4 },
      { name: "value", type: "number", nulls: 1, min: "-1", max: "8", distinct: 3 },
    ],
    text: "csv, 4 rows, 3 columns: id, name, value\ntypes: id integer 1 to 4; name text; value number -1 to 8, 1 null\n1 | Ann | 3.5\n2 | Bo |\n3 | Cy | -1",
  });
});

interface Table {
  readonly columns: readonly string[];
  readonly rows: number;
}

function checkTable(what: string, name: string, content: string, expected: Table): void {
  test(`${what} is a table`, async () => {
    const { extractor, columns, rows } = await digestOf(name, content);
    assert.deepEqual({ extractor, columns, rows }, { extractor: "table", ...expected });
  });
}

function checkText(what: string, name: string, content: string): void {
  test(`${what} is a text`, async () => {
    const { extractor, columns, rows } = await digestOf(name, content);
    assert.deepEqual(
      { extractor, columns, rows },
      { extractor: "text", columns: undefined, rows: undefined },
    );
  });
}

const ab = ["a", "b"];
checkTable("a header alone", "x.csv", "a,b", { columns: ab, rows: 0 });
checkTable("a last row without line end", "x.csv", "a,b\n1,2", { columns: ab, rows: 1 });
checkTable("one column", "x.csv", "a\n1\n2\n", { columns: ["a"], rows: 2 });
checkTable("a byte order mark and a header", "x.csv", "\uFEFFa,b\n1,2\n", { columns: ab, rows: 1 });
checkTable("a name in capitals", "X.CSV", "a,b\n1,2\n", { columns: ab, rows: 1 });
checkTable("semicolons", "x.csv", "a;b\n1,5;2,5\n", { columns: ab, rows: 1 });
checkTable("tabs in a .csv", "x.csv", "a\tb\n1,5\t2\n", { columns: ab, rows: 1 });
checkTable("bars", "x.csv", "a|b\n1|2\n", { columns: ab, rows: 1 });
checkTable("tabs", "x.tsv", "a\tb\n1;2,3\t4\n", { columns: ab, rows: 1 });
checkTable("lists of semicolons in cells", "x.csv", 'a,b\n1,"2;3"\n4,"5;6"\n', {
  columns: ab,
  rows: 2,
});
checkTable("a line break in quotes", "x.csv", 'a,b\n"1\n1","2\r\n2"\n3,4\n', {
  columns: ab,
  rows: 2,
});
checkTable("quotes in quotes", "x.csv", 'a,b\n"say ""1"",\n",2\n', { columns: ab, rows: 1 });
checkTable("an empty cell in quotes", "x.csv", 'a\n""\n1\n', { columns: ["a"], rows: 2 });
checkTable("empty lines between rows", "x.csv", "a,b\n\n1,2\n\r\n3,4\n\n", {
  columns: ab,
  rows: 2,
});
checkTable("old line ends of a Mac", "x.csv", "a,b\r1,2\r", { columns: ab, rows: 1 });
checkTable("mixed line ends", "x.csv", "a,b\r\n1,2\n3,4\r\n", { columns: ab, rows: 2 });
checkTable("rows longer or shorter than the header", "x.csv", "a,b\n1\n1,2,3\n1,2\n", {
  columns: ab,
  rows: 3,
});
checkTable("a quote inside a cell", "x.csv", 'a,b\n5" pipe,1\n"x" y,2\n', { columns: ab, rows: 2 });
checkTable("a quote left open between tabs", "x.tsv", 'a\tb\n"x\ty\n3\t4\n', {
  columns: ab,
  rows: 2,
});
checkTable("numbers without a header", "x.csv", "1,-2.5\n3,4e5\n", {
  columns: ["column 1", "column 2"],
  rows: 2,
});
checkTable("names that are missing or taken", "x.csv", "a,,a,a\n1,2,3,4\n", {
  columns: ["a", "column 2", "a (2)", "a (3)"],
  rows: 1,
});
checkText("an empty file", "x.csv", "");
checkText("a file of empty lines", "x.csv", "\n\r\n");
checkText("a quote left open", "x.csv", 'a,b\n"1,2\n3,4\n');
checkText("a line without end", "x.csv", `a,b\n${",".repeat(5_000_000)}`);

test("says how many rows do not fit the header", async () => {
  const { preview, text } = await digestOf("x.csv", "a,b\n1\n1,2,3\n1,2\n");
  assert.deepEqual(preview, [{ a: "1" }, { a: "1", b: "2", "column 3": "3" }, { a: "1", b: "2" }]);
  assert.equal(text.split("\n")[1], "more or fewer cells than columns in 2 rows");
});

test("cuts long cells and names, and does not show all of a wide table", async () => {
  const names = Array.from({ length: 2000 }, (_, index) => `${"n".repeat(100)}${index}`);
  const cells = names.map(() => "c".repeat(100));
  const digest = await digestOf("x.csv", `${names.join(",")}\n${cells.join(",")}\n`);
  assert.equal(digest.columns?.length, 1000);
  assert.equal(digest.columns[0], `${"n".repeat(79)}…`);
  const values = Object.values(digest.preview[0] as Record<string, string>);
  assert.equal(values.length, 100);
  assert.ok(values.every((value) => value === `${"c".repeat(79)}…`));
  assert.match(digest.text, /^csv, 1 row, 2,000 columns: n+….*, …\n/u);
});

test("a column may be named like a part of every object", async () => {
  const { columns, preview } = await digestOf("x.csv", "__proto__,constructor\n1,2\n");
  assert.deepEqual(columns, ["__proto__", "constructor"]);
  assert.deepEqual(Object.entries(preview[0] as object), [
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
});

test("counts the rows of a table of many chunks", async () => {
  let content = "id,note\n";
  let rows = 0;
  // Lengths without a common period with the chunks', so that each kind of byte meets their ends.
  for (; content.length < 3_000_000; rows++)
    content += `${rows},"${"é".repeat(rows % 7)}\r\n""${"x".repeat(rows % 31)}"\r\n`;
  const digest = await digestOf("x.csv", content);
  assert.deepEqual([digest.rows, digest.columns], [rows, ["id", "note"]]);
});

const cell = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom("a", " ", '"', ",", ";", "\t", "|", "\r", "\n", "é"),
    maxLength: 6,
  }),
);
const table = fc.integer({ min: 1, max: 5 }).chain((width) =>
  fc.record({
    names: fc.uniqueArray(
      fc.string({ maxLength: 6 }).map((name) => `n${name}`),
      { minLength: width, maxLength: width },
    ),
    records: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 30 }),
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    lineEnd: fc.constantFrom("\n", "\r\n"),
    endsWithLineEnd: fc.boolean(),
    quotesAll: fc.boolean(),
  }),
);

test("a table that is written with quotes where they belong is read as it was", async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ names, records, delimiter, lineEnd, ...how }) => {
      const lines = [names, ...records].map((cells) =>
        cells.map((text) => (needsQuotes(text) || how.quotesAll ? quoted(text) : text)),
      );
      const content = lines.map((cells) => cells.join(delimiter)).join(lineEnd);
      const digest = await digestOf(
        delimiter === "\t" ? "x.tsv" : "x.csv",
        how.endsWithLineEnd ? content + lineEnd : content,
      );
      const preview = records
        .slice(0, 3)
        .map((cells) => Object.fromEntries(cells.map((text, index) => [names[index], text])));
      assert.deepEqual(
        [digest.columns, digest.rows, digest.preview],
        [names, records.length, preview],
      );
    }),
    { numRuns: 500 },
  );
});

/** All delimiters are quoted: a text with bars in the open may be a table of bars. */
function needsQuotes(text: string): boolean {
  return text === "" || /[",;\t|\r\n]/u.test(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

test("commas are found as long as each row has a comma", async () => {
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(rows, async (records) => {
      // Quotes only where RFC 4180 asks for them: other delimiters stand in the open.
      const lines = [["first", "second"], ...records].map((cells) =>
        cells.map((text) => (/[",\r\n]/u.test(text) ? quoted(text) : text)).join(","),
      );
      const digest = await digestOf("x.csv", lines.join("\r\n"));
      assert.deepEqual([digest.rows, digest.columns], [records.length, ["first", "second"]]);
    }),
  );
});
