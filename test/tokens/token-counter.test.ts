import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTokenCounter } from "../../src/tokens/token-counter.ts";
import { plainCount, tokenFiles } from "./plain-tiktoken.ts";

const thread = new URL("../../src/tokens/tokens-thread.ts", import.meta.url);
const counter = createTokenCounter({ thread, ...tokenFiles });
after(() => counter.close());

test("counts several texts, in order", async () => {
  const texts = ["one", "", "one two three", "<|endoftext|>", "三"];
  assert.deepEqual(await counter.count(texts), texts.map(plainCount));
  assert.deepEqual(await counter.count([]), []);
});

test("takes bytes over without copying them", async () => {
  const bytes = new TextEncoder().encode("one two three");
  assert.equal(await counter.countUtf8(bytes), 3);
  assert.equal(bytes.length, 0);
});

test("leaves a buffer alone of which it was given a part", async () => {
  const whole = new TextEncoder().encode("one two three");
  assert.equal(await counter.countUtf8(whole.subarray(0, 7)), 2);
  assert.equal(whole.length, 13);
  assert.equal(await counter.countUtf8(Buffer.from("one two")), 2);
});

test("counts at the same time do not mix", async () => {
  const long = "The quick brown fox, 1234.\n".repeat(20_000);
  const counts = await Promise.all([
    counter.count([long]),
    counter.count(["one"]),
    counter.count([long]),
  ]);
  assert.deepEqual(counts, [[180_000], [1], [180_000]]);
});

test(
  "an abort ends a count at once, and frees the thread for the next one",
  { timeout: 20_000 },
  async () => {
    const controller = new AbortController();
    // Some minutes of work.
    const endless = counter.count(
      Array.from({ length: 300 }, () => "a".repeat(1_000_000)),
      controller.signal,
    );
    assert.deepEqual(await counter.count(["one"]), [1]);
    controller.abort();
    await assert.rejects(endless, { name: "AbortError" });
    assert.deepEqual(await counter.count(["one"]), [1]);
  },
);

test("an aborted signal starts nothing", async () => {
  await assert.rejects(counter.count(["one"], AbortSignal.abort()), { name: "AbortError" });
});

test("a thread that dies fails the counts under way; the next count starts a new one", async () => {
  const dying = createTokenCounter({
    thread: new URL("dying-thread.ts", import.meta.url),
    ...tokenFiles,
  });
  await assert.rejects(dying.count(["die"]), /ended with code 3/u);
  assert.deepEqual(await dying.count(["four"]), [4]);
  await dying.close();
  assert.deepEqual(await dying.count(["again"]), [5]);
  await dying.close();
});

test("a missing file is named, with what to do", async () => {
  const broken = createTokenCounter({ ...tokenFiles, thread, wasm: "/nowhere/tiktoken_bg.wasm" });
  const expected = {
    code: "tokenizer-unavailable",
    message: /install Satchel again.*tiktoken_bg\.wasm/u,
  };
  await assert.rejects(broken.count(["one"]), expected);
  await assert.rejects(broken.countUtf8(new Uint8Array(1)), expected);
  await broken.close();
});
