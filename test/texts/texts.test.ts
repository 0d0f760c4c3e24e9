import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTexts } from "../../src/texts/texts.ts";

const thread = new URL("../../src/texts/texts-thread.ts", import.meta.url);
const texts = createTexts({ thread });
after(() => texts.close());

const long = "a line about a quota, and its number\n".repeat(130_000);

test("searches what it has learned", async () => {
  assert.deepEqual(await texts.unknown(["a", "b"]), ["a", "b"]);
  await texts.learn("a", "the quota\nis used up");
  assert.deepEqual(await texts.unknown(["a", "b"]), ["b"]);
  const [hit, ...others] = await texts.search("which quota?", ["b", "a"], 5);
  assert.deepEqual({ ...hit, score: 1 }, { contentId: "a", score: 1, lines: [1] });
  assert.deepEqual(others, []);
});

test("tells what has changed", async () => {
  assert.equal(await texts.diff("a\nb\n", "a\nc\n"), "@@ -2,1 +2,1 @@\n-b\n+c\n");
  assert.equal(await texts.diff("same", "same"), "");
});

test("texts that nobody would read are not compared", async () => {
  assert.equal(await texts.diff("", "a".repeat(20_000_001)), undefined);
});

test("a comparison does not wait for a long text to be learned", { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  let isLearned = false;
  const learning = texts.learn("long", long, controller.signal).then(() => (isLearned = true));
  learning.catch(() => {});
  assert.equal(await texts.diff("same", "same"), "");
  assert.equal(isLearned, false);
  controller.abort();
  await assert.rejects(learning, { name: "AbortError" });
});

test("an abort ends learning at once, and frees the thread", { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  // More than a minute of work.
  const learning = Array.from({ length: 60 }, (_, at) =>
    texts.learn(`long ${at}`, long, controller.signal),
  );
  const all = Promise.allSettled(learning);
  assert.equal(await texts.diff("same", "same"), "");
  controller.abort();
  for (const { status } of await all) assert.equal(status, "rejected");
  assert.deepEqual(await texts.unknown(["long 0", "long 59"]), ["long 0", "long 59"]);
});

test("comparisons nobody waits for are not made", { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const numbered = (word: string) =>
    Array.from({ length: 5000 }, (_, at) => `${word} ${at}`).join("\n");
  const [before, changed] = [numbered("one"), numbered("other")];
  const all = Promise.allSettled(
    // A minute of work.
    Array.from({ length: 500 }, () => texts.diff(before, changed, controller.signal)),
  );
  assert.deepEqual(await texts.unknown(["x"]), ["x"]);
  controller.abort();
  const made = (await all).filter(({ status }) => status === "fulfilled");
  assert.ok(made.length < 50, `${made.length} were made`);
  assert.equal(await texts.diff("same", "same"), "");
});

test("an aborted signal starts nothing", async () => {
  const unused = createTexts({ thread: new URL("nowhere.ts", import.meta.url) });
  const signal = AbortSignal.abort();
  await assert.rejects(unused.learn("a", "text", signal), { name: "AbortError" });
  await assert.rejects(unused.search("text", ["a"], 1, signal), { name: "AbortError" });
  await assert.rejects(unused.diff("a", "b", signal), { name: "AbortError" });
});

test("what was learned is forgotten when the thread is closed", async () => {
  const closed = createTexts({ thread });
  await closed.learn("a", "quota");
  assert.deepEqual(await closed.unknown(["a"]), []);
  await closed.close();
  assert.deepEqual(await closed.unknown(["a"]), ["a"]);
  assert.deepEqual(await closed.search("quota", ["a"], 1), []);
  await closed.close();
});

test("a thread that dies fails the calls under way; the next call starts a new one", async () => {
  const dying = createTexts({ thread: new URL("dying-thread.ts", import.meta.url) });
  await assert.rejects(dying.diff("die", ""), /ended with code 3/u);
  assert.equal(await dying.diff("again", ""), "again");
  await dying.close();
});
