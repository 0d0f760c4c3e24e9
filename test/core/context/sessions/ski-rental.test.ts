/**
 * The model in which the rule to begin an epoch is held against the best choice in hindsight. There is one place to cut, and behind it stand the files of a log. Each dies at
 * some request, if at all; nothing that lives is added, so that a rebuild never comes to cost more. Where it does (a conversation grows behind a file that is dead), no rule that
 * compares what was wasted with what a rebuild costs now keeps any bound. What is superfluous at a request, in units of an uncached token:
 * without a cut the dead tokens that are carried, at the cached price, or at the full price where the cache is cold; with a cut, what lives behind it
 * at the difference between both prices, and nothing where the cache is cold. Every file has at least 1,024 tokens: fewer never lead to a cut.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { cutsOf, pays } from "../../../../src/core/context/ledger/compaction.ts";
import type { LoggedMessage } from "../../../../src/core/context/ledger/conversation.ts";

interface FileLife {
  readonly tokens: number;
  /** The request since which it is worthless. */
  readonly death: number;
}

interface Life {
  readonly files: readonly FileLife[];
  readonly cachedPrice: number;
  /** Whether the cache is cold at each request. */
  readonly cold: readonly boolean[];
}

const most = 60;
const file: fc.Arbitrary<FileLife> = fc.record({
  tokens: fc.oneof(fc.integer({ min: 1_024, max: 3_000 }), fc.integer({ min: 1_024, max: 60_000 })),
  death: fc.integer({ min: 1, max: 2 * most }),
});
const life: fc.Arbitrary<Life> = fc.record({
  files: fc.array(file, { minLength: 2, maxLength: 30, size: "max" }),
  cachedPrice: fc.constantFrom(0.1, 0.1, 0.25, 0.5, 0.9),
  cold: fc.array(fc.constantFrom(...Array<boolean>(20).fill(false), true), {
    minLength: most,
    maxLength: most,
    size: "max",
  }),
});

/** What lives behind the cut at a request. */
function livingAt({ files }: Life, request: number): number {
  return tokensOf(files.filter(({ death }) => death > request));
}

/** What is dead at a request, and was not left behind by the cut at `since`. */
function carriedAt({ files }: Life, since: number, request: number): number {
  return tokensOf(files.filter(({ death }) => death > since && death <= request));
}

function tokensOf(files: readonly FileLife[]): number {
  return files.reduce((sum, { tokens }) => sum + tokens, 0);
}

function costOfCarrying(of: Life, since: number, request: number): number {
  const price = of.cold[request] === true ? 1 : of.cachedPrice;
  return price * carriedAt(of, since, request);
}

function costOfCutting(of: Life, request: number): number {
  return of.cold[request] === true ? 0 : (1 - of.cachedPrice) * livingAt(of, request);
}

/** What the engine's rule costs: it knows nothing of what comes. */
function costOfRule(of: Life): number {
  let since = 0;
  let cost = 0;
  for (let request = 1; request < most; request++) {
    if (cutsNow(of, since, request)) {
      cost += costOfCutting(of, request);
      since = request;
    } else cost += costOfCarrying(of, since, request);
  }
  return cost;
}

/** Whether the engine would cut behind the first message. */
function cutsNow({ files, cachedPrice, cold }: Life, since: number, request: number): boolean {
  const stand = files.filter(({ death }) => death > since);
  const log: readonly LoggedMessage[] = [{ tokens: 400, death: Infinity }, ...stand].map(
    ({ tokens }) => ({ role: "user", blocks: [], tokens, request: 0 }),
  );
  const cut = cutsOf({
    log,
    cached: cold[request] === true ? 0 : log.length,
    shown: { standing: new Map(), short: new Map(), quoted: new Map(), superseded: new Map() },
    deaths: [undefined, ...stand.map(({ death }) => (death <= request ? death : undefined))],
    fullTokens: new Map(),
    request,
    cachedPrice,
  }).at(-1);
  return cut !== undefined && pays(cut);
}

/** The least that any choice of cuts could have cost. */
function leastCost(of: Life): number {
  // By the request of the last cut: what everything up to now has cost.
  const least: number[] = [0];
  for (let request = 1; request < most; request++) {
    const cut = Math.min(...least) + costOfCutting(of, request);
    for (const since of least.keys())
      least[since] = (least[since] ?? 0) + costOfCarrying(of, since, request);
    least.push(cut);
  }
  return Math.min(...least);
}

test("cuts cost at most twice as much as the best choice in hindsight, where a rebuild never grows dearer", () => {
  const property = fc.property(life, (of) => {
    const [cost, least] = [costOfRule(of), leastCost(of)];
    assert.ok(cost <= 2 * least + 1e-6, `the rule costs ${cost}, the best choice ${least}`);
  });
  fc.assert(property, { numRuns: 1_000 });
});

test("the rule is needed: never to cut, and to cut at once, cost many times the best choice", () => {
  const calm = Array<boolean>(most).fill(false);
  const early = {
    files: [
      { tokens: 20_000, death: 1 },
      { tokens: 1_024, death: 99 },
    ],
    cachedPrice: 0.1,
    cold: calm,
  };
  const carried = Array.from({ length: most - 1 }, (_, index) =>
    costOfCarrying(early, 0, index + 1),
  );
  assert.ok(carried.reduce((sum, cost) => sum + cost, 0) > 10 * costOfRule(early));
  const late = {
    ...early,
    files: [
      { tokens: 1_024, death: most - 1 },
      { tokens: 60_000, death: 99 },
    ],
  };
  assert.ok(costOfCutting(late, most - 1) > 10 * costOfRule(late));
});
