import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { version } from "../../../src/digests/version.ts";
import { digestOf } from "../digest-of.ts";

test("an array of objects is told by their keys, their number and the first of them", async () => {
  const content = JSON.stringify([
    { id: 1, name: "Ann" },
    { id: 2, tags: ["x"] },
    { id: 3 },
    { id: 4 },
  ]);
  assert.deepEqual(await digestOf("people.json", content), {
    contentId: "id",
    version,
    extractor: "json",
    type: "json",
    columns: ["id", "name", "tags"],
    rows: 4,
    preview: [{ id: 1, name: "Ann" }, { id: 2, tags: ["x"] }, { id: 3 }],
    text: 'json, 4 rows, 3 columns: id, name, tags\n{"id":1,"name":"Ann"}\n{"id":2,"tags":["x"]}\n{"id":3}',
  });
});

test("an object is told by its keys", async () => {
  assert.deepEqual(await digestOf("x.json", '{"a": 1, "b": {"c": [true, null]}}\n'), {
    contentId: "id",
    version,
    extractor: "json",
    type: "json",
    columns: ["a", "b"],
    preview: [{ a: 1, b: { c: [true, null] } }],
    text: 'json, 2 keys: a, b\n{"a":1,"b":{"c":[true,null]}}',
  });
});

test("JSON lines are told like an array", async () => {
  const content = '{"id": 1}\r\n\n{"id": 2, "a": "b"}\n{"id": 3}\n{"id": 4}';
  for (const name of ["x.jsonl", "x.ndjson"]) {
    const digest = await digestOf(name, content);
    assert.deepEqual([digest.columns, digest.rows], [["id", "a"], 4]);
    assert.deepEqual(digest.preview, [{ id: 1 }, { id: 2, a: "b" }, { id: 3 }]);
  }
});

const heads: readonly (readonly [string, string, string])[] = [
  ["x.json", "[]", "json, 0 items"],
  ["x.json", "[1, [2], null]", "json, 3 items"],
  ["x.json", " 42 ", "json, one value"],
  ["x.json", "{}", "json, one value"],
  ["x.json", '\uFEFF{"a":1}', "json, 1 key: a"],
  ["map.geojson", '{"type":1,"features":[]}', "geojson, 2 keys: type, features"],
  ["x.jsonl", "1\n2\n", "jsonl, 2 items"],
  ["x.json", "", "json, empty"],
  ["x.json", '{"a":1} // no', "json, 1 line"],
  ["x.json", '{"a":1}\n{"a":2}\n', "json, 2 lines"],
  ["x.json", '{"a":1,}', "json, 1 line"],
  ["x.jsonl", '{"a":1}\n{"a":\n', "jsonl, 2 lines"],
  ["x.jsonl", '{"a":1} {"a":2}\n', "jsonl, 1 line"],
  ["x.jsonl", "\n", "jsonl, 1 line"],
];
for (const [name, content, head] of heads) {
  test(`${JSON.stringify(content)} in ${name} is ${head}`, async () =>
    assert.equal((await digestOf(name, content)).text.split("\n")[0], head));
}

test("keys are those of the first hundred records, and not all of very many", async () => {
  const few = Array.from({ length: 200 }, (_, index) => ({ [`key${index}`]: 0 }));
  assert.equal((await digestOf("x.json", JSON.stringify(few))).columns?.length, 100);
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key${index}`, 0]));
  const digest = await digestOf("x.json", JSON.stringify(many));
  assert.equal(digest.columns?.length, 1000);
  assert.match(digest.text, /^json, at least 1,000 keys: key0, .*, …\n/u);
});

test("shows little of deep and wide values, and of long strings", async () => {
  const wide = {
    list: Array.from({ length: 30 }, (_, index) => index),
    deep: [[[[1]]], { a: { b: 1 } }],
  };
  const keys = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`k${index}`, 0]));
  const { preview } = await digestOf("x.json", JSON.stringify([wide, keys, "é".repeat(5000)]));
  const [first, second, third] = preview;
  assert.deepEqual(first, {
    list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "20 more"],
    deep: [["[…]"], { a: "{…}" }],
  });
  assert.deepEqual(Object.entries(second as object).slice(19), [
    ["k19", 0],
    ["…", "5 more"],
  ]);
  assert.equal(third, `${"é".repeat(79)}…`);
});

test("long strings are cut between characters, however they are written", async () => {
  for (const character of ["\\", '"', "\n", "\u0001", "é", "€", "🎒"]) {
    for (let before = 0; before < 8; before++) {
      const string = "a".repeat(before) + character.repeat(700);
      const { preview, extractor } = await digestOf("x.json", JSON.stringify(string));
      const [shown] = preview as [string];
      assert.equal(extractor, "json");
      assert.ok(string.startsWith(shown.slice(0, -1)) && shown.length >= 79 && shown.length <= 80);
    }
  }
});

test("numbers that JavaScript cannot hold keep their digits", async () => {
  const content = "[12345678901234567890, 1e999, -0]";
  assert.deepEqual((await digestOf("x.json", content)).preview, [
    "12345678901234567890",
    "1e999",
    0,
  ]);
  const { preview } = await digestOf("x.json", `[${"7".repeat(100)}]`);
  assert.deepEqual(preview, [`${"7".repeat(39)}…`]);
});

test("nesting without end is no value", async () => {
  const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.equal((await digestOf("x.json", deep(50_000))).extractor, "json");
  assert.equal((await digestOf("x.json", deep(200_000))).extractor, "text");
});

const signs = String.raw`{ } [ ] , : " "a" \ \u00e9 \x true nul null 0 -1 1.5e+3 . 01 e + é`.split(
  " ",
);
const pieces = fc.constantFrom(...signs, " ", "\n", "\t", "\u0001", "\u00a0");
const nearlyJson = fc.oneof(
  fc.json(),
  fc.tuple(fc.json(), fc.nat(), fc.nat(2), pieces).map(([json, at, removed, inserted]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + inserted + json.slice(place + removed);
  }),
  fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
);

test("takes for JSON what JSON.parse takes", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(nearlyJson, async (text) => {
      const { extractor } = await digestOf("x.json", text.toWellFormed());
      assert.equal(extractor, isJson(text.toWellFormed()) ? "json" : "text");
      if (extractor === "json") taken++;
    }),
    { numRuns: 4000 },
  );
  assert.ok(taken > 400 && taken < 3600, `${taken} of 4000`);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("shows of a value what the limits of depth and width let through", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 5, depthSize: "medium" }), async (value) => {
      const { preview } = await digestOf("x.json", JSON.stringify([value]));
      assert.deepEqual(preview, [shownOf(JSON.parse(JSON.stringify(value)))]);
    }),
    { numRuns: 500 },
  );
});

/** The same from a value in memory. */
function shownOf(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return shownScalar(value);
  const width = [20, 10, 5][depth];
  if (width === undefined) return Array.isArray(value) ? "[…]" : "{…}";
  const entries = Object.entries(value)
    .slice(0, width)
    .map(([key, part]) => [key.toWellFormed(), shownOf(part, depth + 1)]);
  const left = Object.keys(value).length - width;
  if (left > 0) entries.push(["…", `${left} more`]);
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

function shownScalar(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  const json = JSON.stringify(value);
  return /^-?\d+$/u.test(json) && !Number.isSafeInteger(value) ? json : value;
}
