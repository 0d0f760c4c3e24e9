import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { pack, type Candidate } from "../../../src/core/context/pack.ts";

function file(fileId: string, tokens: number, mustHave = false): Candidate {
  return { fileId, mustHave, representations: [{ kind: "full", tokens }] };
}

function check(
  candidates: readonly Candidate[],
  budget: number,
  kept: string,
  misfits: string,
): void {
  const result = pack(candidates, budget);
  assert.equal(result.kept.map(({ fileId }) => fileId).join(" "), kept);
  assert.equal(
    result.misfits.map(({ fileId, needs, left }) => `${fileId}:${needs}>${left}`).join(" "),
    misfits,
  );
}

test("everything that fits is kept, in the order of the candidates", () => {
  check([file("a", 10), file("b", 20)], 30, "a b", "");
});

test("a file that does not fit is passed over and smaller ones behind it are kept", () => {
  check([file("a", 10), file("big", 25), file("c", 15)], 30, "a c", "big:25>20");
});

test("pinned files are placed first, and keep their place in the order", () => {
  check([file("a", 20), file("pinned", 20, true)], 30, "pinned", "a:20>10");
  check([file("a", 10), file("pinned", 20, true)], 30, "a pinned", "");
});

test("the best representation that fits is chosen", () => {
  const candidate: Candidate = {
    fileId: "a",
    mustHave: false,
    representations: [
      { kind: "full", tokens: 100 },
      { kind: "digest", tokens: 9 },
      { kind: "stub", tokens: 3 },
    ],
  };
  assert.deepEqual(pack([candidate], 10).kept[0]?.representation, { kind: "digest", tokens: 9 });
});

test("no candidates or no budget is an empty pack, not an error", () => {
  check([], 100, "", "");
  check([file("a", 1)], 0, "", "a:1>0");
});

const candidates = fc.uniqueArray(
  fc.record({
    fileId: fc.uuid(),
    mustHave: fc.boolean(),
    tokens: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 3 }),
  }),
  { selector: ({ fileId }) => fileId },
);

test("never over budget, never empty when something fits, each file accounted for once, and repeatable", () => {
  fc.assert(
    fc.property(candidates, fc.nat(3_000), (drawn, budget) => {
      const all = drawn.map(({ tokens, ...rest }) => ({
        ...rest,
        representations: tokens.map((count) => ({ kind: "full" as const, tokens: count })),
      }));
      const result = pack(all, budget);
      const used = result.kept.reduce((sum, { representation }) => sum + representation.tokens, 0);
      assert.equal(result.tokens, used);
      assert.ok(used <= budget);
      assert.equal(result.kept.length + result.misfits.length, all.length);
      assert.ok(result.misfits.every(({ needs, left }) => needs > left));
      assert.deepEqual(pack(all, budget), result);
    }),
  );
});
