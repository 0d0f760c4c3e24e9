import { workerData } from "node:worker_threads";
import { serve } from "../threads/serve.ts";
import { inSlices } from "./in-slices.ts";
import { openTiktoken, type TokenFiles } from "./open-tiktoken.ts";
import type { TextCounter } from "./text-counter.ts";

let opening: Promise<TextCounter> | undefined;

/** Opened by the first call, and again by the next one if that failed. */
function opened(): Promise<TextCounter> {
  opening ??= openTiktoken(workerData as TokenFiles).catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

serve({
  async count(texts: readonly string[], signal: AbortSignal): Promise<readonly number[]> {
    return inSlices(countAll(await opened(), texts), signal);
  },
  async countUtf8(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<number> {
    try {
      return await inSlices((await opened()).countUtf8(bytes), signal);
    } finally {
      // An idle thread collects no garbage: without this it would hold a large file until the next one.
      bytes.buffer.transfer(0);
    }
  },
});

function* countAll(counter: TextCounter, texts: readonly string[]): Generator<void, number[]> {
  const counts: number[] = [];
  for (const text of texts) {
    counts.push(yield* counter.count(text));
    yield;
  }
  return counts;
}
