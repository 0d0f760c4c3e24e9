import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { inSlices } from "../../src/tokens/in-slices.ts";

function* endless(onStep: () => void): Generator<void, never> {
  for (;;) {
    onStep();
    yield;
  }
}

function* counting(to: number): Generator<void, number> {
  for (let step = 0; step < to; step++) yield;
  return to;
}

test("takes all steps", async () => {
  assert.equal(await inSlices(counting(1000)), 1000);
});

test("lets an abort come in between, and stops", async () => {
  const controller = new AbortController();
  let steps = 0;
  const running = inSlices(
    endless(() => steps++),
    controller.signal,
  );
  await setTimeout(1);
  controller.abort();
  await assert.rejects(running, { name: "AbortError" });
  const stopped = steps;
  await setTimeout(30);
  assert.equal(steps, stopped);
});
