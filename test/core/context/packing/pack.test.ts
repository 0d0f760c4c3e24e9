import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  pack,
  type Candidate,
  type Representation,
} from "../../../../src/core/context/packing/pack.ts";
import { bestValue } from "./exact-packing.ts";

const promise = 0.99;

/** A file whose every token is worth the same, if nothing is said. */
function file(fileId: string, tokens: number, mustHave = false, value = tokens): Candidate {
  return { fileId, mustHave, representations: [{ kind: "full", tokens, value }] };
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
  check([file("a", 10), file("big", 35), file("c", 15)], 30, "a c", "big:35>5");
});

test("pinned files are placed first, and keep their place in the order", () => {
  check([file("a", 20), file("pinned", 20, true)], 30, "pinned", "a:20>10");
  check([file("a", 10), file("pinned", 20, true)], 30, "a pinned", "");
});

test("no value displaces a pinned file, and no pinned file an earlier one", () => {
  check([file("dear", 20, false, 1e9), file("pinned", 20, true, 0)], 30, "pinned", "dear:20>10");
  check([file("a", 20, true, 1), file("b", 20, true, 9)], 30, "a", "b:20>10");
});

test("a file that is worth more is kept instead of those before it", () => {
  check([file("a", 20), file("b", 20, false, 21)], 30, "b", "a:20>10");
  check([file("a", 1, false, 2), file("b", 30, false, 30)], 30, "b", "a:1>0");
});

test("of files that are alike, the earlier is kept", () => {
  check([file("a", 20), file("b", 20), file("c", 20)], 45, "a b", "c:20>5");
});

test("files give way to smaller forms so that more of them stand in the request", () => {
  const forms = ladder([100, 100], [40, 80], [5, 10]);
  check(
    [
      { fileId: "a", mustHave: false, representations: forms },
      { fileId: "b", mustHave: false, representations: forms },
    ],
    100,
    "a b",
    "",
  );
});

test("a pinned file takes the best form that fits, another the one that is worth the most", () => {
  const representations = ladder([100, 9], [9, 5], [3, 1]);
  for (const mustHave of [true, false]) {
    const { kept } = pack([{ fileId: "a", mustHave, representations }], 10);
    assert.deepEqual(kept, [{ fileId: "a", representation: representations[1] }]);
  }
});

test("what is worth nothing is kept as long as it fits", () => {
  check(
    [file("a", 10, false, 0), file("b", 0, false, 0), file("c", 15, false, 0)],
    20,
    "a b",
    "c:15>10",
  );
});

test("no candidates or no budget is an empty pack, not an error", () => {
  check([], 100, "", "");
  check([file("a", 1)], 0, "", "a:1>0");
  check([file("a", 0)], -1, "", "a:0>-1");
});

const form = fc.record({ tokens: fc.nat(1_000), value: fc.nat(1_000) });
const candidates = fc.uniqueArray(
  fc.record({
    fileId: fc.uuid(),
    mustHave: fc.boolean(),
    forms: fc.array(form, { minLength: 1, maxLength: 4 }),
  }),
  { selector: ({ fileId }) => fileId, maxLength: 30 },
);
const drawn = candidates.map((all) =>
  all.map(({ forms, ...rest }): Candidate => ({
    ...rest,
    representations: ladder(...forms.map(({ tokens, value }) => [tokens, value] as const)),
  })),
);

test("never over budget, never empty when something fits, each file accounted for once, and repeatable", () => {
  fc.assert(
    fc.property(drawn, fc.nat(3_000), (all, budget) => {
      const { kept, misfits, tokens } = pack(all, budget);
      assert.equal(
        tokens,
        kept.reduce((sum, { representation }) => sum + representation.tokens, 0),
      );
      assert.ok(tokens <= budget);
      const ids = [...kept, ...misfits].map(({ fileId }) => fileId);
      assert.deepEqual(ids.toSorted(), all.map(({ fileId }) => fileId).toSorted());
      assert.ok(misfits.every(({ needs, left }) => left === budget - tokens && needs > left));
      assert.deepEqual(pack(structuredClone(all), budget), { kept, misfits, tokens });
    }),
  );
});

test("pinned files stand as if there were no others, and the others make the most of what those left", () => {
  fc.assert(
    fc.property(drawn, fc.nat(3_000), (all, budget) => {
      const { kept } = pack(all, budget);
      const pinned = all.filter(({ mustHave }) => mustHave);
      const ids = new Set(pinned.map(({ fileId }) => fileId));
      const first = pack(pinned, budget);
      assert.deepEqual(
        kept.filter(({ fileId }) => ids.has(fileId)),
        first.kept,
      );
      const others = all.filter(({ mustHave }) => !mustHave);
      const best = bestValue(
        others.map(({ representations }) => representations),
        budget - first.tokens,
      );
      const value = kept
        .filter(({ fileId }) => !ids.has(fileId))
        .reduce((sum, { representation }) => sum + representation.value, 0);
      assert.ok(value >= best * promise, `${value} instead of ${best}`);
    }),
  );
});

/** Representations from pairs of tokens and value, the most valuable first. */
function ladder(...forms: readonly (readonly [number, number])[]): readonly Representation[] {
  return forms
    .map(([tokens, value]) => ({ kind: "full" as const, tokens, value }))
    .toSorted((one, other) => other.value - one.value);
}
