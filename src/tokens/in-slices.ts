import { setImmediate } from "node:timers/promises";

/** Milliseconds of work between two looks at what has come in. */
const sliceTime = 20;

/** Takes all steps, letting messages in between them. Rejects with the reason of `signal` when it is aborted. */
export async function inSlices<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  let sliceEnd = performance.now() + sliceTime;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < sliceEnd) continue;
    // An abort is a message to the thread: it must get its turn in the event loop.
    await setImmediate();
    signal?.throwIfAborted();
    sliceEnd = performance.now() + sliceTime;
  }
}
