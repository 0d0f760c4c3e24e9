import assert from "node:assert/strict";
import { test } from "node:test";
import { applyPatch } from "diff";
import * as fc from "fast-check";
import { difference } from "../../src/texts/difference.ts";
import { applyStrictly, hunksOf, linesOf } from "./strict-patch.ts";

const numbered = (count: number, word = "line"): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join("");

test("tells what has changed; a line around it stands only where nothing is removed", () => {
  assert.equal(
    difference("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nC\nd\ne\nf\nh\ni\n"),
    "@@ -3,1 +3,1 @@\n-c\n+C\n@@ -7,2 +7,2 @@\n-g\n h\n+i\n",
  );
});

test("equal texts have no hunks", () => {
  assert.equal(difference("a\nb", "a\nb"), "");
  assert.equal(difference("", ""), "");
});

test("a missing line break at an end is told", () => {
  assert.equal(
    difference("a\nb", "a\nb\n"),
    "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n",
  );
  assert.equal(difference("", "a"), "@@ -0,0 +1,1 @@\n+a\n\\ No newline at end of file\n");
  assert.equal(difference("a\n", ""), "@@ -1,1 +0,0 @@\n-a\n");
});

test("other line breaks are part of a line", () => {
  assert.equal(difference("a\r\nb\r\n", "a\nb\r\n"), "@@ -1,1 +1,1 @@\n-a\r\n+a\n");
  assert.equal(difference("a\rb\n", "a\rc\n"), "@@ -1,1 +1,1 @@\n-a\rb\n+a\rc\n");
  assert.equal(difference("a\u2028b", "a\u2028b\n")?.split("\n").length, 5);
});

const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "", "\r", "a\r", "  a") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "-- a",
      "++ b",
      "@@ -1,1 +1,1 @@",
      "\\ No newline at end of file",
      "diff --git a b",
      "Index: x",
      "=".repeat(67),
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(20_000), `${"x".repeat(20_000)}y`) },
);
const text = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n"))), fc.boolean())
  .map(([lines, isUnbroken]) =>
    lines
      .map(([content, lineBreak], at) =>
        isUnbroken && at === lines.length - 1 ? content : content + lineBreak,
      )
      .join(""),
  );
/** A text, and what became of it: lines replaced, put in and taken out. */
const edited = fc
  .tuple(
    text,
    fc.array(fc.tuple(fc.nat(30), fc.nat(2), fc.array(line, { maxLength: 2 })), { maxLength: 4 }),
  )
  .map(([before, edits]): [string, string] => {
    const lines = linesOf(before);
    for (const [at, count, added] of edits) lines.splice(at, count, ...added.map((x) => `${x}\n`));
    return [before, lines.join("")];
  });
const pairs = fc.oneof(fc.tuple(text, text), edited);

test("the hunks turn the one text into the other, without any tolerance", () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const hunks = difference(before, after) as string;
      assert.equal(applyStrictly(before, hunks), after);
      assert.equal(applyPatch(before, hunks, { autoConvertLineEndings: false }), after);
    }),
    { numRuns: 1500, seed: 9 },
  );
});

test("no line is told to have changed that need not be, and none around it but one that is needed", () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const hunks = hunksOf(difference(before, after) as string);
      const lines = hunks.flatMap((hunk) => hunk.lines);
      const changed = lines.filter(({ sign }) => sign !== " ").length;
      const [old, fresh] = [linesOf(before), linesOf(after)];
      assert.equal(changed, old.length + fresh.length - 2 * commonLines(old, fresh));
      for (const hunk of hunks) {
        const signs = hunk.lines.map(({ sign }) => sign).join("");
        assert.match(signs, /^ ?[+-]+(?: {1,2}[+-]+)* ?$/u);
      }
    }),
    { numRuns: 500, seed: 9 },
  );
});

/** The length of the longest common subsequence, the slow way. */
function commonLines(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, () => 0);
  for (const entry of one) {
    const next = [0];
    for (const [at, candidate] of other.entries()) {
      const longest = Math.max(row[at + 1] as number, next[at] as number);
      next.push(entry === candidate ? (row[at] as number) + 1 : longest);
    }
    row = next;
  }
  return row[other.length] as number;
}

test("texts with little in common have no difference worth telling", () => {
  assert.equal(difference(numbered(3000), numbered(3000, "other")), undefined);
});

test("a long text that has grown, or changed at both ends, is compared all the same", () => {
  const log = numbered(50_000);
  for (const after of [
    log + numbered(20_000, "more"),
    numbered(5000, "more") + log,
    log.slice(0, log.indexOf("line 700\n")) + log.slice(log.indexOf("line 9000\n")),
    `first\n${log}last`,
  ]) {
    const hunks = difference(log, after) as string;
    assert.equal(applyStrictly(log, hunks), after);
    const length = Math.abs(after.length - log.length);
    assert.ok(hunks.length < length * 2 + 200, `${hunks.length} for ${length}`);
  }
});

test("lines of a megabyte are compared", { timeout: 20_000 }, () => {
  const long = "x".repeat(1_000_000);
  const before = `${long}1\n${long}2\n${long}3\n`;
  const after = `${long}1\n${long}4\n${long}3\n`;
  assert.equal(applyStrictly(before, difference(before, after) as string), after);
});
