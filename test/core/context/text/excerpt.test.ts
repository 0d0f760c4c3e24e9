import assert from "node:assert/strict";
import { test } from "node:test";
import { rangesAround } from "../../../../src/core/context/text/excerpt.ts";

const text = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join("\n");

function check(found: readonly number[], margin: number, expected: string): void {
  const ranges = rangesAround(text, found, margin);
  assert.equal(ranges.map(({ first, last }) => `${first}-${last}`).join(" "), expected);
  for (const { first, last, text: lines } of ranges) {
    assert.equal(
      lines,
      text
        .split("\n")
        .slice(first - 1, last)
        .join("\n"),
    );
  }
}

test("a line comes with the lines around it", () => {
  check([10], 2, "8-12");
  check([10], 0, "10-10");
});

test("ranges end where the text does", () => {
  check([1, 20], 3, "1-4 17-20");
  check([10], 99, "1-20");
});

test("ranges that touch or overlap become one, in the order of the text", () => {
  check([15, 5, 8], 1, "4-9 14-16");
  check([5, 6, 5], 1, "4-7");
  check([5, 9], 1, "4-6 8-10");
});

test("lines that the text does not have are passed over", () => {
  check([0, -3, 21, 99], 2, "");
  check([], 2, "");
});

test("an empty text has one empty line", () => {
  assert.deepEqual(rangesAround("", [1], 3), [{ first: 1, last: 1, text: "" }]);
});
