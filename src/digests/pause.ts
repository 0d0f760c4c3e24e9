import { setImmediate } from "node:timers/promises";

/** Lets messages in if some time has passed since it did so last. Rejects with the reason of the signal when that is aborted. */
export type Pause = () => Promise<void>;

/** Milliseconds of work between two looks at what has come in. */
const sliceTime = 20;

/** The pauses of one piece of work. */
export function createPause(signal?: AbortSignal): Pause {
  let sliceEnd = performance.now() + sliceTime;
  return async () => {
    if (performance.now() < sliceEnd) return;
    // An abort is a message to the thread: it must get its turn in the event loop.
    await setImmediate();
    signal?.throwIfAborted();
    sliceEnd = performance.now() + sliceTime;
  };
}
