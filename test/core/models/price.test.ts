import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { costOf, formatDollars, inputPrice } from "../../../src/core/models/price.ts";

const prices = { input: 2, cached: 0.1, cacheWrite: 2.5, output: 10 };

test("a request costs what its fresh, cached, written and answered tokens cost", () => {
  const usage = { input: 1_000_000, cached: 600_000, cacheWritten: 300_000, output: 50_000 };
  // 100,000 fresh at $2, 600,000 at $0.10, 300,000 at $2.50, 50,000 at $10.
  assert.equal(costOf(prices, usage), 0.2 + 0.06 + 0.75 + 0.5);
});

test("what has no price of its own costs as much as other input", () => {
  const plain = { input: 3, output: 15 };
  const usage = { input: 1_000, cached: 400, cacheWritten: 100, output: 0 };
  assert.equal(costOf(plain, usage), 0.003);
});

test("unknown prices make no cost", () => {
  assert.equal(costOf(undefined, { input: 1, cached: 0, output: 1 }), undefined);
  assert.equal(inputPrice(undefined, 1), undefined);
});

test("the first request pays for writing the cache, where that is billed", () => {
  assert.deepEqual(inputPrice(prices, 10_000), { cold: 0.025, cached: 0.001 });
  assert.deepEqual(inputPrice({ input: 5, output: 30 }, 10_000), { cold: 0.05, cached: 0.05 });
});

const tokens = fc.integer({ min: -10, max: 10_000_000 });
const money = fc.double({ min: 0, max: 200, noNaN: true });

test("a cost is never negative, whatever a server reports", () => {
  fc.assert(
    fc.property(
      fc.record({ input: tokens, cached: tokens, cacheWritten: tokens, output: tokens }),
      fc.record({ input: money, cached: money, cacheWrite: money, output: money }),
      (usage, anyPrices) => {
        const cost = costOf(anyPrices, usage);
        assert.ok(cost !== undefined && cost >= 0 && Number.isFinite(cost));
      },
    ),
  );
});

test("more tokens never cost less, and cached ones never more than cold ones", () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(10_000_000), fc.nat(10_000_000)),
      money,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 3, noNaN: true }),
      ([few, more], input, discount, surcharge) => {
        const priced = {
          input,
          cached: input * discount,
          cacheWrite: input * surcharge,
          output: 0,
        };
        const one = inputPrice(priced, few);
        const other = inputPrice(priced, few + more);
        assert.ok(one && other);
        assert.ok(one.cached <= one.cold);
        assert.ok(other.cold >= one.cold && other.cached >= one.cached);
      },
    ),
  );
});

test("dollars are told in two digits that count", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "$0"],
    [-1, "$0"],
    [0.000_01, "< $0.0001"],
    [0.000_1, "$0.0001"],
    [0.000_424, "$0.00042"],
    [0.003, "$0.003"],
    [0.004_23, "$0.0042"],
    [0.31, "$0.31"],
    [0.994, "$0.99"],
    [0.996, "$1.00"],
    [4.2, "$4.20"],
    [99.4, "$99.40"],
    [99.6, "$100"],
    [1_250.4, "$1,250"],
  ];
  for (const [dollars, expected] of cases) assert.equal(formatDollars(dollars), expected);
});
