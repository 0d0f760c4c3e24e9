import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatCount, formatDuration } from "../../../src/core/session/format.ts";

function check<T>(format: (value: T) => string, cases: readonly (readonly [T, string])[]): void {
  for (const [value, expected] of cases) assert.equal(format(value), expected);
}

test("counts take as few characters as tell the size", () => {
  check(formatCount, [
    [0, "0"],
    [640, "640"],
    [1_000, "1.0k"],
    [12_449, "12.4k"],
    [99_960, "100k"],
    [812_345, "812k"],
    [999_499, "999k"],
    [999_500, "1.0M"],
    [1_204_311, "1.2M"],
  ]);
});

test("sizes are in decimal units", () => {
  check(formatBytes, [
    [0, "0 B"],
    [999, "999 B"],
    [4_100, "4.1 kB"],
    [2_500_000, "2.5 MB"],
  ]);
});

test("time left is rounded down, and never nothing", () => {
  check(formatDuration, [
    [-5, "1 min"],
    [59_000, "1 min"],
    [3_599_000, "59 min"],
    [46 * 3_600_000 + 1, "46 h"],
    [71.9 * 3_600_000, "71 h"],
    [80 * 3_600_000, "3 d"],
  ]);
});
