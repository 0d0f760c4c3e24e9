import assert from "node:assert/strict";
import { type Candidate, pack } from "../../src/core/context/pack.ts";
import { median, milliseconds } from "./numbers.ts";
import type { Row } from "./result.ts";

const count = 10_000;
const wanted = 30;

/** Packs 10,000 candidates with known counts into a budget that holds a part of them. */
export async function benchPack(): Promise<readonly Row[]> {
  const all = candidates();
  const times = Array.from({ length: 21 }, () => packOnce(all));
  const typical = median(times);
  return [
    {
      what: "packing 10,000 candidates",
      measured: milliseconds(typical),
      target: `under ${wanted} ms`,
      ok: typical < wanted,
      detail: `first call ${milliseconds(times[0] ?? 0)}, slowest of 21 ${milliseconds(Math.max(...times))}`,
    },
  ];
}

function candidates(): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => {
    const tokens = 500 + ((index * 7919) % 5000);
    return {
      fileId: crypto.randomUUID(),
      mustHave: index % 100 === 0,
      representations: [
        { kind: "full", tokens },
        { kind: "digest", tokens: Math.ceil(tokens / 10) },
        { kind: "stub", tokens: 30 },
      ],
    };
  });
}

function packOnce(all: readonly Candidate[]): number {
  const budget = 1_000_000;
  const start = performance.now();
  const { kept, misfits, tokens } = pack(all, budget);
  const time = performance.now() - start;
  assert.equal(kept.length + misfits.length, count);
  assert.ok(misfits.length > 0 && kept.length > 0, "the budget holds a part of them");
  const sum = kept.reduce((total, { representation }) => total + representation.tokens, 0);
  assert.ok(sum === tokens && tokens <= budget, "over budget");
  return time;
}
