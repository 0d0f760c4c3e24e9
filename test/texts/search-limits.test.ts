import assert from "node:assert/strict";
import * as sqliteModule from "node:sqlite";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { createSearch } from "../../src/texts/search.ts";
import { find, idsOf, linesOf, linesWith, searchIn } from "./find.ts";

test("a question without words finds nothing", async () => {
  for (const question of ["", " \n", "?!", '"', "''", "*", "🙂", "___", "\u0301", "\0", "\ud800"])
    assert.deepEqual(await find(question, "a ? ! * 🙂 ___", ""), [], JSON.stringify(question));
});

test("the language of the index is not the user's", async () => {
  const text = "near\nnot\nand or\nwords\nalpha beta";
  assert.deepEqual(await linesWith("NEAR(gamma delta, 2)", text), [1]);
  assert.deepEqual(await linesWith("alpha NOT beta", text), [5, 2]);
  assert.deepEqual(await linesWith("words:alpha", text), [4, 5]);
  for (const question of [
    '"alpha',
    'alpha"',
    "alpha*",
    "^alpha",
    "-alpha",
    "{alpha}:",
    "alpha + 'x",
    "pieces.alpha",
    "alpha\0",
  ])
    assert.deepEqual(await linesWith(question, text), [5], question);
});

test("no question and no text is an error", async () => {
  const search = await searchIn({ plain: 'a "b" c\n漢字 NEAR' });
  const strings = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom(
        ...Array.from("\"'*^-+:(){}%_;\\\0 \nabNEARORNOT漢字ａé\u0301\ufdfa\ud800"),
      ),
    }),
    fc.string({ unit: "grapheme" }),
  );
  let count = 0;
  await fc.assert(
    fc.asyncProperty(strings, async (question) => {
      const contentId = `text ${count++}`;
      await search.learn(contentId, question);
      const hits = await search.search(question, ["plain", contentId], 2);
      for (const { score, lines } of hits) assert.ok(score > 0 && lines.length > 0);
      // Whatever holds a word holds its own words.
      if (/[a-z漢字é]/iu.test(question)) assert.ok(idsOf(hits).includes(contentId), question);
    }),
    { numRuns: 2000, seed: 5 },
  );
});

test(
  "what a text says after five million characters is not searched",
  { timeout: 60_000 },
  async () => {
    const text = `first\n${"-".repeat(4_999_986)}\nsecond third`;
    assert.deepEqual(await linesWith("first", text), [1]);
    assert.deepEqual(await linesWith("second", text), [3]);
    assert.deepEqual(await linesWith("third", text), []);
  },
);

test("texts are forgotten that have not been asked for the longest, and can be learned again", async () => {
  const text = "a quota\n".repeat(10);
  const search = await searchIn({ a: text, b: text, c: text }, { keptLength: 300 });
  await search.search("quota", ["a"], 1);
  await search.learn("d", text);
  assert.deepEqual(await search.unknown(["a", "b", "c", "d", "b"]), ["b"]);
  assert.deepEqual(idsOf(await search.search("quota", ["a", "b", "c", "d"], 9)), ["a", "c", "d"]);
  await search.learn("b", text);
  assert.deepEqual(await search.unknown(["b", "c", "d"]), []);
  assert.deepEqual(idsOf(await search.search("quota", ["a", "b"], 9)), ["b"]);
});

test("the last text is kept, however long it is", async () => {
  const search = await searchIn({ a: "one quota", b: "another quota" }, { keptLength: 5 });
  assert.deepEqual(await search.unknown(["a", "b"]), ["a"]);
  assert.deepEqual(await search.search("one", ["a", "b"], 9), []);
});

test("a text is learned once", async () => {
  const search = createSearch();
  await Promise.all([search.learn("a", "quota"), search.learn("a", "quota")]);
  const [hit] = await search.search("quota", ["a"], 1);
  assert.deepEqual(
    hit,
    await find("quota", "quota").then(([first]) => ({ ...first, contentId: "a" })),
  );
});

test("an abort ends learning, and leaves nothing behind", { timeout: 60_000 }, async () => {
  const search = await searchIn({ a: "quota" });
  const controller = new AbortController();
  const text = "a quota of something\n".repeat(200_000);
  const learning = search.learn("b", text, controller.signal);
  await setImmediate();
  controller.abort();
  await assert.rejects(learning, { name: "AbortError" });
  assert.deepEqual(await search.unknown(["a", "b"]), ["b"]);
  await search.learn("b", "something else");
  assert.deepEqual(idsOf(await search.search("quota", ["a", "b"], 9)), ["a"]);
  assert.deepEqual(linesOf(await search.search("something", ["a", "b"], 9)), [[1]]);
});

test("an abort ends a search, and the next one finds", { timeout: 60_000 }, async () => {
  const search = await searchIn({ a: "a quota of something\n".repeat(200_000), b: "else" });
  await assert.rejects(search.search("else", ["b"], 1, AbortSignal.abort()), {
    name: "AbortError",
  });
  const controller = new AbortController();
  const searching = search.search("quota of something", ["a", "b"], 9, controller.signal);
  await setImmediate();
  controller.abort();
  await assert.rejects(searching, { name: "AbortError" });
  assert.deepEqual(idsOf(await search.search("else", ["a", "b"], 9)), ["b"]);
});

test("no line makes the search slow", { timeout: 60_000 }, async () => {
  const lines = {
    marks: `a${"\u0301\u0316".repeat(500_000)}`,
    underscores: "_".repeat(1_000_000),
    humps: "aB".repeat(500_000),
    shortHumps: "aBcDeFgH ".repeat(110_000),
    capitals: "A".repeat(1_000_000),
    pairs: "漢字".repeat(500_000),
    mixed: "漢a".repeat(500_000),
    ligatures: "\ufdfa".repeat(300_000),
    spaces: " ".repeat(1_000_000),
    halves: "\ud800".repeat(1_000_000),
    base64: "QUJD/0+a".repeat(125_000),
  };
  const search = createSearch();
  for (const [name, line] of Object.entries(lines)) {
    const before = process.cpuUsage();
    await search.learn(name, line);
    await search.search(line, Object.keys(lines), 20);
    const seconds = process.cpuUsage(before).user / 1e6;
    assert.ok(seconds < 8, `${name} took ${seconds} s`);
  }
});

test("without a SQLite that can search, nothing is wanted and nothing is found", async () => {
  class Without extends sqliteModule.DatabaseSync {
    override exec(sql: string): void {
      if (sql.includes("fts5")) throw new Error("no such module: fts5");
      super.exec(sql);
    }
  }
  for (const sqlite of [() => undefined, () => ({ ...sqliteModule, DatabaseSync: Without })]) {
    const search = await searchIn({ a: "quota" }, { sqlite });
    assert.deepEqual(await search.unknown(["a", "b"]), []);
    assert.deepEqual(await search.search("quota", ["a"], 1), []);
  }
});
