import assert from "node:assert/strict";
import type { Extractor } from "../../src/digests/extraction.ts";
import { extractionOf } from "./extraction-of.ts";

/** Longest work on one damaged file, in milliseconds. */
const longest = 2000;

/** Gives an extractor damaged copies of a file: each ends soon, with an extraction, none, or an error. Returns how many of each. */
export async function checkMutations(
  extract: Extractor,
  bytes: Uint8Array,
  { extension, count }: { readonly extension: string; readonly count: number },
): Promise<{ told: number; none: number; failed: number }> {
  const random = randomNumbers(bytes.length);
  const ends = { told: 0, none: 0, failed: 0 };
  for (let round = 0; round < count; round++) {
    const damaged = damage(bytes, random);
    const start = process.cpuUsage();
    try {
      const told = await extractionOf(extract, damaged, extension);
      if (told) JSON.stringify(told);
      ends[told ? "told" : "none"]++;
    } catch (error) {
      assert.ok(error instanceof Error);
      ends.failed++;
    }
    assert.ok(spent(start) < longest, `round ${round}`);
  }
  return ends;
}

/** Milliseconds of work since `start`, whatever else the machine does. */
export function spent(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function damage(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  const extremes = [0, 1, 0x7f, 0x80, 0xff];
  for (let left = 1 + random(6); left > 0; left--) {
    const at = random(damaged.length);
    damaged[at] = random(2) === 0 ? random(256) : (extremes[random(extremes.length)] ?? 0);
  }
  return random(8) === 0 ? damaged.subarray(0, random(damaged.length)) : damaged;
}

/** The same in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
