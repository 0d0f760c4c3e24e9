import type { Form } from "../../../../src/core/context/packing/knapsack-core.ts";

/**
 * The most value that at most one form of each class can bring: dynamic programming over every number of tokens. Slow, and too plain to be wrong.
 * Tokens must be whole numbers.
 */
export function bestValue(classes: readonly (readonly Form[])[], room: number): number {
  let best = new Float64Array(room + 1);
  for (const forms of classes) {
    const next = best.slice();
    for (const { tokens, value } of forms) {
      for (let used = tokens; used <= room; used++) {
        next[used] = Math.max(next[used] ?? 0, (best[used - tokens] ?? 0) + value);
      }
    }
    best = next;
  }
  return best[room] ?? 0;
}
