import assert from "node:assert/strict";
import { type Candidate, pack, type Representation } from "../../src/core/context/packing/pack.ts";
import { median, milliseconds } from "./numbers.ts";
import type { Row } from "./result.ts";

const count = 10_000;

/** Packs 10,000 candidates with four representations each, of known counts, into a budget that holds a part of them. */
export async function benchPack(): Promise<readonly Row[]> {
  return [
    measure("packing 10,000 candidates in 4 forms", usual(), 1_000_000, 30),
    measure("the same where the search is hardest", hardest(), 11_000, 50),
  ];
}

function measure(what: string, all: readonly Candidate[], budget: number, wanted: number): Row {
  const times = Array.from({ length: 21 }, () => packOnce(all, budget));
  const typical = median(times);
  return {
    what,
    measured: milliseconds(typical),
    target: `under ${wanted} ms`,
    ok: typical < wanted,
    detail: `first call ${milliseconds(times[0] ?? 0)}, slowest of 21 ${milliseconds(Math.max(...times))}`,
  };
}

function usual(): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => {
    const tokens = 500 + ((index * 7919) % 5000);
    const value = 1 + ((index * 104_729) % 1000);
    return {
      fileId: crypto.randomUUID(),
      mustHave: index % 100 === 0,
      representations: [
        { kind: "full", tokens, value },
        { kind: "excerpt", tokens: Math.ceil(tokens / 2), value: value * 0.7 },
        { kind: "digest", tokens: Math.ceil(tokens / 10), value: value * 0.4 },
        { kind: "stub", tokens: 30, value: value * 0.05 },
      ],
    };
  });
}

/** Every token is worth nearly the same, and ten of the smallest fit where eleven would be as good as the bound: no choice can be ruled out. */
function hardest(): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => {
    const tokens = 1001 + ((index * 7919) % 100);
    const form = (times: number): Pick<Representation, "tokens" | "value"> => ({
      tokens: tokens * times,
      value: tokens * times + ((index * 104_729) % (6 * times)),
    });
    return {
      fileId: crypto.randomUUID(),
      mustHave: false,
      representations: [
        { kind: "full", ...form(5) },
        { kind: "excerpt", ...form(3) },
        { kind: "digest", ...form(2) },
        { kind: "stub", ...form(1) },
      ],
    };
  });
}

function packOnce(all: readonly Candidate[], budget: number): number {
  const start = performance.now();
  const { kept, misfits, tokens } = pack(all, budget);
  const time = performance.now() - start;
  assert.equal(kept.length + misfits.length, count);
  assert.ok(misfits.length > 0 && kept.length > 0, "the budget holds a part of them");
  const sum = kept.reduce((total, { representation }) => total + representation.tokens, 0);
  assert.ok(sum === tokens && tokens <= budget, "over budget");
  return time;
}
