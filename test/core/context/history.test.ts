import assert from "node:assert/strict";
import { test } from "node:test";
import { trimHistory, type CountedTurn } from "../../../src/core/context/history.ts";

const turns = (...tokens: number[]): CountedTurn[] =>
  tokens.map((count, index) => ({ question: `q${index}`, answer: `a${index}`, tokens: count }));

function check(given: readonly CountedTurn[], budget: number, kept: string): void {
  assert.equal(
    trimHistory(given, budget)
      .map(({ question }) => question)
      .join(" "),
    kept,
  );
}

test("all turns are kept while they fit", () => {
  check(turns(10, 10, 10), 30, "q0 q1 q2");
});

test("over budget, the oldest turns are dropped down to half of it in one jump", () => {
  check(turns(10, 10, 10, 10), 30, "q3");
  check(turns(10, 10, 5, 8), 30, "q2 q3");
});

test("after a jump the next turns fit again without another one", () => {
  const kept = trimHistory(turns(10, 10, 10, 10), 30);
  assert.equal(trimHistory([...kept, ...turns(9, 9)], 30).length, 3);
});

test("a last turn over half the budget is dropped, too", () => {
  check(turns(10, 28), 30, "");
  check(turns(5), -3, "");
});
