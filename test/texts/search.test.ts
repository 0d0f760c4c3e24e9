import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createSearch } from "../../src/texts/search.ts";
import { find, idsOf, linesOf, linesWith, searchIn } from "./find.ts";

test("finds the texts that hold a word, and the lines", async () => {
  const hits = await find("budget", "one\ntwo\n", "the budget\n\nno\na budget", "three");
  assert.deepEqual(idsOf(hits), ["text 1"]);
  assert.deepEqual(linesOf(hits), [[1, 4]]);
  assert.ok((hits[0]?.score ?? 0) > 0);
});

test("lines end at line feeds only, as they are counted elsewhere", async () => {
  assert.deepEqual(await linesWith("end", "one\r\ntwo\rthree\u2028four\r\nthe end\r\n"), [3]);
});

test("case, accents and endings do not matter", async () => {
  const text = "Uploading\nDÉJÀ VU\nthe ｆｕｌｌ width\nfiles";
  assert.deepEqual(await linesWith("uploads", text), [1]);
  assert.deepEqual(await linesWith("deja", text), [2]);
  assert.deepEqual(await linesWith("déjà", text), [2]);
  assert.deepEqual(await linesWith("full", text), [3]);
  assert.deepEqual(await linesWith("FILE", text), [4]);
});

test("an identifier is found by its parts, and however it is written", async () => {
  const text = "parseJsonFile()\nparse_json_file()\nHTTPServerGo\nPARSE_JSON_FILE\n_private";
  assert.deepEqual(await linesWith("json", text), [1, 2, 4]);
  assert.deepEqual(await linesWith("server", text), [3]);
  assert.deepEqual(await linesWith("http", text), [3]);
  assert.deepEqual(await linesWith("private", text), [5]);
  assert.deepEqual(await linesWith("ParseJSONFile", text), [1, 2, 4]);
  assert.deepEqual(await linesWith("parsejsonfile", text), [1, 2, 4]);
  assert.deepEqual(await linesWith("erv", text), []);
});

test("words of scripts without spaces are found inside of sentences", async () => {
  const text =
    "这个函数用来上传文件。\n使用React组件\n漢字を書く\nファイルの一覧\n파일을 올리다\nการอัปโหลดไฟล์";
  assert.deepEqual(await linesWith("文件", text), [1]);
  assert.deepEqual(await linesWith("文件在哪里？", text), [1]);
  assert.deepEqual(await linesWith("上传", text), [1]);
  assert.deepEqual(await linesWith("组件", text), [2]);
  assert.deepEqual(await linesWith("react", text), [2]);
  assert.deepEqual(await linesWith("漢字", text), [3]);
  assert.deepEqual(await linesWith("ファイル", text), [4]);
  assert.deepEqual(await linesWith("ﾌｧｲﾙ", text), [4]);
  assert.deepEqual(await linesWith("파일", text), [5]);
  assert.deepEqual(await linesWith("ไฟล์", text), [6]);
  assert.deepEqual(await linesWith("件文", text), []);
});

test("a single letter of such a script is found wherever it stands", async () => {
  assert.deepEqual(await linesWith("字", "字\n文字\n字体\n漢字体\n無\n字 体"), [1, 2, 3, 4, 6]);
});

test("words that stand in most texts count little", async () => {
  const common = Array.from({ length: 9 }, () => "a file\nand a file\nanother file\n".repeat(20));
  const hits = await find("quota of a file", ...common, "some lines\nabout a quota\nof a file");
  assert.equal(hits[0]?.contentId, "text 9");
  assert.ok((hits[0]?.score ?? 0) > 5 * (hits[1]?.score ?? 0));
  assert.equal(hits.length, 10);
});

test("a text that says more of it is better, and a long one needs to say more", async () => {
  const other = "nothing\n".repeat(10);
  const hits = await find(
    "quota",
    `quota\n${other}`,
    `quota\nquota\n${other}`,
    other.repeat(20),
    `quota\n${other.repeat(5)}`,
  );
  assert.deepEqual(idsOf(hits), ["text 1", "text 0", "text 3"]);
});

test("the lines that hold most of the rare words come first; those of common words alone are left out", async () => {
  const text = `${"the file\n".repeat(30)}the quota\na budget\nthe quota of the budget\n`;
  const [first] = await find("the quota of the budget", text, "the file");
  assert.deepEqual(first?.lines, [33, 31, 32]);
});

test("there are at most twenty lines, the first ones", async () => {
  const lines = await linesWith("quota", "a quota\n".repeat(100));
  assert.deepEqual(
    lines,
    Array.from({ length: 20 }, (_, at) => at + 1),
  );
});

test("a very long line is one line", async () => {
  const long = Array.from({ length: 200_000 }, (_, at) => `w${at}`).join(" ");
  assert.deepEqual(await linesWith("w199999 w1 w100000", `first\n${long}\nlast`), [2]);
});

test("only the given contents are searched, and others make no difference", async () => {
  const texts = { a: "the quota", b: "a quota", c: "quota\nquota", d: "else" };
  const search = await searchIn(texts);
  const alone = await searchIn({ b: texts.b, d: texts.d });
  const expected = await alone.search("a quota", ["d", "b"], 9);
  assert.deepEqual(idsOf(expected), ["b"]);
  assert.deepEqual(await search.search("a quota", ["d", "b", "unheard-of", "b"], 9), expected);
  assert.deepEqual(await search.search("quota", [], 9), []);
});

test("equals come in the given order, and the limit is kept", async () => {
  const search = await searchIn({ a: "quota", b: "quota", c: "quota", d: "none" });
  assert.deepEqual(idsOf(await search.search("quota", ["c", "d", "a", "b"], 9)), ["c", "a", "b"]);
  assert.deepEqual(idsOf(await search.search("quota", ["b", "a", "c"], 2)), ["b", "a"]);
  assert.deepEqual(await search.search("quota", ["b", "a"], 0), []);
  assert.deepEqual(await search.search("quota", ["b", "a"], -1), []);
});

const vocabulary = ["zorp", "Quux", "blarg_fnord", "été", "漢字", "文件", "x1", "Zorp", "zorpy"];

/** Lines that hold a word, by looking at each of them. */
function scan(word: string, text: string): readonly number[] {
  const wanted = word.toLowerCase();
  return text.split("\n").flatMap((line, at) => {
    const words = line.toLowerCase().match(/[a-zé0-9]+|[漢字文件]+/gu) ?? [];
    const holds = words.some(
      (one) => one === wanted || (/[漢文]/u.test(wanted) && one.includes(wanted)),
    );
    return holds ? [at + 1] : [];
  });
}

test("the lines found are those that hold the word", async () => {
  const separator = fc.constantFrom(" ", "\n", "\n\n", "(", "; ", "\r\n", "\t", "/");
  const texts = fc
    .array(fc.tuple(fc.constantFrom(...vocabulary), separator), { maxLength: 60 })
    .map((pairs) => pairs.flat().join(""));
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.constantFrom("zorp", "quux", "fnord", "été", "漢字", "文件", "x1"),
      async (text, word) => {
        assert.deepEqual(await linesWith(word, text), scan(word, text).slice(0, 20));
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});

test("finds the one of a thousand files", { timeout: 60_000 }, async () => {
  const search = createSearch();
  const contentIds = Array.from({ length: 1000 }, (_, at) => `content ${at}`);
  assert.deepEqual(await search.unknown(contentIds), contentIds);
  for (const [at, contentId] of contentIds.entries()) {
    const lines = Array.from(
      { length: 100 },
      (_, line) => `const value${line} = make(${at * line}); // a line`,
    );
    if (at % 100 === 42) lines[70] = "// a breaker opens after a refusal";
    if (at === 742) lines[71] = "const refusalBreaker = openBreaker(quota);";
    await search.learn(contentId, lines.join("\n"));
  }
  assert.deepEqual(await search.unknown(contentIds), []);
  const started = performance.now();
  const hits = await search.search("when does the breaker open after a refusal?", contentIds, 10);
  assert.ok(performance.now() - started < 5000);
  assert.equal(hits.length, 10);
  assert.equal(hits[0]?.contentId, "content 742");
  assert.deepEqual(hits[0]?.lines.slice(0, 2), [71, 72]);
  assert.deepEqual(
    idsOf(hits).slice(1),
    contentIds.filter((_, at) => at % 100 === 42 && at !== 742),
  );
});
