import assert from "node:assert/strict";
import { test } from "node:test";
import { difference } from "../../../src/texts/difference.ts";
import { type Dice, diceOf } from "./dice.ts";
import { applyStrictly } from "./strict-diff.ts";
import { diffText } from "./trace-maker.ts";

/** Few different lines, so that many are equal; empty ones, and now and then no line break at the end. */
function anyText(dice: Dice): string {
  const lines = Array.from({ length: dice.below(12) }, () =>
    dice.pick(["", " ", "a", "b", "-c", "\\ d"]),
  );
  return lines.join("\n") + (dice.chance(0.7) ? "\n" : "");
}

test("the diffs of the product, and those of synthetic answers, lead exactly where they say", () => {
  const dice = diceOf(7);
  for (let round = 0; round < 2000; round++) {
    const [before, after] = [anyText(dice), anyText(dice)];
    if (before === after) continue;
    assert.equal(applyStrictly(before, difference(before, after) ?? ""), after);
    const [, , ...hunks] = diffText("x.ts", before, after).split("\n");
    assert.equal(applyStrictly(before, hunks.join("\n")), after);
  }
});

test("an empty line may lack the space before it", () =>
  assert.equal(applyStrictly("a\n\nb\n", "@@ -1,3 +1,2 @@\n-a\n\n b\n"), "\nb\n"));

test("hunks fit in their order alone", () => {
  const [first, second] = ["@@ -1 +1 @@\n-a\n+b\n", "@@ -3 +3 @@\n-c\n+d\n"];
  assert.equal(applyStrictly("a\n\nc\n", first + second), "b\n\nd\n");
  assert.equal(applyStrictly("a\n\nc\n", second + first), undefined);
});

test("nothing at all is no diff", () => assert.equal(applyStrictly("a\n", ""), undefined));
