import { setImmediate } from "node:timers/promises";

/** Keeps a thread that works with synchronous calls able to hear its callers. */
export interface Turns {
  /** Runs jobs one after another, in the order of the calls. */
  run<T>(job: () => Promise<T>): Promise<T>;
  /** To be awaited between two pieces of work: lets messages in if they had to wait, and throws if `signal` is aborted. */
  pause(signal: AbortSignal | undefined): Promise<void>;
}

const longestWaitMs = 20;

/** Turns that let messages in about every twenty milliseconds. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let heardAt = performance.now();

  async function pause(signal: AbortSignal | undefined): Promise<void> {
    if (performance.now() - heardAt > longestWaitMs) {
      await setImmediate();
      heardAt = performance.now();
    }
    signal?.throwIfAborted();
  }

  return {
    pause,
    run(job) {
      const result = last.then(job);
      last = result.catch(() => undefined);
      return result;
    },
  };
}
