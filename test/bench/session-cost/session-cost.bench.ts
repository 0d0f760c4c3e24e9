import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Trace } from "../../../src/headless/trace.ts";
import { root } from "../built-extension.ts";
import { type Count, openCount, remembering } from "../exact-count.ts";
import { geometricMean, times } from "../numbers.ts";
import type { Row } from "../result.ts";
import { type Bill, billSession, costOf, hitRate, priceLists, rate } from "./bill.ts";
import { historyTrace } from "./history-trace.ts";
import { policies, type PolicyName } from "./policies.ts";
import { syntheticTrace } from "./trace-maker.ts";

const seeds = 20;
const names = Object.keys(policies) as readonly PolicyName[];
const prices = Object.keys(priceLists) as readonly PriceName[];

type PriceName = keyof typeof priceLists;

/** The bills of one session, by policy and by the prices that it was told. */
type Bills = Readonly<Record<PolicyName, Readonly<Record<PriceName, Bill>>>>;

/**
 * What the input of whole sessions costs, under ours and other policies: counted in tokens, not measured, and so the same on every machine. Prints a line for each
 * session and policy.
 */
export async function benchSessionCost(): Promise<readonly Row[]> {
  const count = await openCount();
  const all: Bills[] = [];
  print(["session", "policy", ...prices, "hit", "coverage", "history", "stale", "over", "max"]);
  for (const trace of sessions()) {
    const bills = await billAll(trace, remembering(count));
    for (const name of names) print([trace.name, name, ...cellsOf([bills], name)]);
    all.push(bills);
  }
  for (const name of names) print([`all ${all.length}`, name, ...cellsOf(all, name)]);
  return prices.map((price) => rowOf(all, price));
}

function* sessions(): Generator<Trace> {
  for (let seed = 1; seed <= seeds; seed++) yield syntheticTrace(seed);
  if (existsSync(join(root, ".git"))) yield { ...historyTrace(root), name: "own history" };
}

async function billAll(trace: Trace, count: Count): Promise<Bills> {
  const bills: [PolicyName, Record<PriceName, Bill>][] = [];
  for (const name of names) bills.push([name, await billPolicy(name, trace, count)]);
  const all = Object.fromEntries(bills) as Bills;
  for (const bill of Object.values(all.satchel)) {
    assert.equal(bill.stale, 0, `${trace.name}: a mentioned file was not shown as it is`);
    assert.equal(bill.over, 0, `${trace.name}: over the window`);
    assert.ok(rate(bill.history) >= 0.99, `${trace.name}: the conversation was cut`);
  }
  return all;
}

/** Only ours makes other requests at other prices. */
async function billPolicy(
  name: PolicyName,
  trace: Trace,
  count: Count,
): Promise<Record<PriceName, Bill>> {
  const bill = async (price: PriceName): Promise<Bill> =>
    billSession(trace, await policies[name](trace, count, priceLists[price]), count);
  const gpt = await bill("gpt");
  if (name !== "satchel") return { gpt, kimi: gpt, claude: gpt };
  return { gpt, kimi: await bill("kimi"), claude: await bill("claude") };
}

/** What a policy costs beside the newest-first policy, under each price list, and its other measures. */
function cellsOf(all: readonly Bills[], name: PolicyName): readonly string[] {
  const bills = all.map((each) => each[name].gpt);
  const mean = (part: (bill: Bill) => number): string =>
    `${((100 * bills.reduce((sum, bill) => sum + part(bill), 0)) / bills.length).toFixed(1)} %`;
  const total = (part: "stale" | "over"): string =>
    String(bills.reduce((sum, bill) => sum + bill[part], 0));
  return [
    ...prices.map((price) => costBeside(all, name, price).toFixed(3)),
    mean(hitRate),
    mean(({ coverage }) => rate(coverage)),
    mean(({ history }) => rate(history)),
    total("stale"),
    total("over"),
    Math.max(...bills.map(({ max }) => max)).toLocaleString("en"),
  ];
}

/** Geometric mean of what the sessions cost, in units of what they cost under the newest-first policy. */
function costBeside(
  all: readonly Bills[],
  name: PolicyName,
  price: keyof typeof priceLists,
): number {
  return geometricMean(
    all.map(
      (bills) =>
        costOf(bills[name][price], priceLists[price]) /
        costOf(bills["newest-first"][price], priceLists[price]),
    ),
  );
}

function rowOf(all: readonly Bills[], price: keyof typeof priceLists): Row {
  const others = names.filter((name) => name !== "satchel");
  const ours = costBeside(all, "satchel", price);
  const theirs = others.map((name) => ({ name, cost: costBeside(all, name, price) }));
  return {
    what: `input of ${all.length} sessions, prices like ${price}`,
    measured: times(ours),
    target: "less than all others",
    ok: theirs.every(({ cost }) => ours < cost),
    detail: `geometric means beside newest-first; ${theirs.map(({ name, cost }) => `${name} ${times(cost)}`).join(", ")}`,
  };
}

function print(cells: readonly string[]): void {
  const widths = [13, 13, 6, 6, 6, 7, 9, 8, 6, 5, 8];
  console.log(
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(" ")
      .trimEnd(),
  );
}
