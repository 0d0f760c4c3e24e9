import assert from "node:assert/strict";
import { test } from "node:test";
import { fitQuestion } from "../../../src/core/context/question.ts";
import type { TargetModel } from "../../../src/core/context/target-model.ts";
import { preamble } from "../../../src/core/context/text/render.ts";
import type { TokenCounter } from "../../../src/core/ports/token-counter.ts";

/** Counts a token for each character, so that windows can be told to the token. */
const counter: TokenCounter = {
  count: async (texts) => texts.map(({ length }) => length),
  countUtf8: async (bytes) => bytes.length,
};
const fence = "7";
/** What a request takes beside its question. */
const around = preamble(fence).length + 3 * 8;

function fitted(question: string, room: number): Promise<string> {
  const target: TargetModel = {
    provider: "demo",
    model: "m",
    maxInputTokens: around + room,
    cacheLifetime: 0,
  };
  return fitQuestion(counter, fence, { question, target });
}

test("a question that has room is not touched", async () => {
  assert.equal(await fitted("x".repeat(100), 100), "x".repeat(100));
  assert.equal(await fitted("", 64), "");
});

test("a longer one is cut at its end, and says so", async () => {
  const text = await fitted(`Begin ${"x".repeat(10_000)}`, 500);
  assert.match(text, /^Begin x+\n\[… cut: the question was longer than the model's window\]$/u);
  assert.ok(text.length <= 500 && text.length > 300, `${text.length}`);
});

test("whatever the window, a cut question fits", async () => {
  for (let room = 64; room < 3_000; room += 97)
    assert.ok((await fitted("x".repeat(5_000), room)).length <= room);
});

test("a cut never leaves half of a character", async () => {
  for (let room = 64; room < 128; room++) {
    assert.ok((await fitted("🎈".repeat(2_000), room)).isWellFormed(), `${room}`);
    assert.ok((await fitted(`x${"🎈".repeat(2_000)}`, room)).isWellFormed(), `${room}`);
  }
});

test("a window that cannot hold a short question is said", async () => {
  for (const room of [63, 0, -around, -Infinity]) {
    await assert.rejects(fitted("Why?", room), {
      code: "window-too-small",
      message: /choose another model/u,
    });
  }
});
