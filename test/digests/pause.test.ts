import assert from "node:assert/strict";
import { test } from "node:test";
import { createPause } from "../../src/digests/pause.ts";

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test("messages are let in after some time of work", async () => {
  const pause = createPause();
  let wasLetIn = false;
  setImmediate(() => (wasLetIn = true));
  work(30);
  await pause();
  assert.ok(wasLetIn);
});

test("an abort that comes in during a pause ends it with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("not wanted any more");
  const pause = createPause(controller.signal);
  setImmediate(() => controller.abort(reason));
  work(30);
  await assert.rejects(pause(), reason);
});
