import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseCut,
  cutsOf,
  pays,
  type Cut,
  type LogState,
} from "../../../../src/core/context/ledger/compaction.ts";
import type { LoggedMessage } from "../../../../src/core/context/ledger/conversation.ts";
import { shownBy } from "../../../../src/core/context/ledger/standing.ts";
import { logged, shown, turn } from "./logs.ts";

function stateOf(
  log: readonly LoggedMessage[],
  deaths: Readonly<Record<number, number>>,
  change: Partial<LogState> = {},
): LogState {
  return {
    log,
    cached: log.length,
    shown: shownBy(log),
    deaths: log.map((_, place) => deaths[place]),
    fullTokens: new Map(),
    request: 1,
    cachedPrice: 0.1,
    ...change,
  };
}

/** Prices are multiples of a tenth: adding them up may be off by a little. */
function check(state: LogState, expected: Readonly<Record<number, Omit<Cut, "keeps">>>): void {
  const cuts = cutsOf(state).map((cut) => {
    const { keeps, waste, dead, rebuild, tokens } = cut;
    const round = (price: number): number => Math.round(price * 1000) / 1000;
    return [keeps, { waste: round(waste), dead, rebuild: round(rebuild), tokens }];
  });
  assert.deepEqual(Object.fromEntries(cuts), expected);
}

const file = (request: number, id: string, tokens: number, version = 1): LoggedMessage =>
  logged(request, "file", { tokens, files: [shown(id, version)] });

/** The cut of a log that is as long as the first cut leaves it, in a window of its own. */
function chosen(cuts: readonly Cut[], window: number): Cut | undefined {
  return chooseCut(cuts, { asItIs: cuts[0]?.tokens ?? 0, room: window, window });
}

test("the dead are dropped, the living are sent anew at the full price", () => {
  const log = [
    logged(0, "instructions", { tokens: 10 }),
    file(0, "a", 2_000),
    logged(0, "question", { tokens: 10 }),
    logged(0, "answer", { tokens: 20 }),
    file(1, "a", 500, 2),
  ];
  check(stateOf(log, { 1: 1 }, { cached: 4 }), {
    4: { waste: 0, dead: 0, rebuild: 0, tokens: 2_540 },
    2: { waste: 0, dead: 0, rebuild: 27, tokens: 2_540 },
    1: { waste: 200, dead: 2_000, rebuild: -173, tokens: 540 },
  });
});

test("waste is what the dead have cost in each request since", () => {
  const log = [logged(0, "instructions", { tokens: 10 }), file(0, "a", 1_000)];
  check(stateOf(log, { 1: 3 }, { request: 7 }), {
    1: { waste: 500, dead: 1_000, rebuild: -100, tokens: 10 },
  });
});

test("what dies only later is not dead yet", () => {
  const log = [logged(0, "instructions", { tokens: 10 }), file(0, "a", 1_000)];
  check(stateOf(log, { 1: 2 }, { request: 1 }), {
    1: { waste: 0, dead: 0, rebuild: 900, tokens: 1_010 },
  });
});

test("a copy with its diffs comes back as the whole text that it is now", () => {
  const log = [
    logged(0, "instructions", { tokens: 10 }),
    file(0, "a", 1_000),
    logged(1, "diff", { tokens: 100, files: [shown("a", 2)] }),
  ];
  check(stateOf(log, {}, { fullTokens: new Map([["a", 1_050]]) }), {
    2: { waste: 0, dead: 0, rebuild: 90, tokens: 1_110 },
    1: { waste: 0, dead: 0, rebuild: 1_050 - 110, tokens: 1_060 },
  });
});

test("a log is cut in front of messages of the user alone: no answer loses what it answers", () => {
  const toolCalls = [{ id: "call", name: "read", input: "{}" }];
  const log = [
    logged(0, "instructions"),
    logged(0, "question"),
    logged(0, "answer", { toolCalls }),
    logged(1, "tool-result"),
    logged(1, "answer"),
    ...turn(2),
  ];
  assert.deepEqual(
    cutsOf(stateOf(log, {})).map(({ keeps }) => keeps),
    [5, 1],
  );
});

test("old turns cost, and are not counted among the dead that make a cut pay", () => {
  const log = [logged(0, "instructions", { tokens: 10 }), ...turn(0, 5_000), ...turn(1, 10)];
  const cuts = cutsOf(stateOf(log, { 1: 1, 2: 1 }, { request: 99 }));
  assert.deepEqual(
    cuts.map(({ dead }) => dead),
    [0, 0],
  );
  assert.ok((cuts.at(-1)?.waste ?? 0) > 90_000);
  assert.equal(chosen(cuts, 100_000), undefined);
});

test("where the cache is cold, nothing that lives costs more than it did", () => {
  const log = [logged(0, "instructions", { tokens: 10 }), file(0, "a", 3_000), file(0, "b", 2_000)];
  check(stateOf(log, { 1: 1 }, { cached: 0 }), {
    2: { waste: 0, dead: 0, rebuild: 0, tokens: 5_010 },
    1: { waste: 300, dead: 3_000, rebuild: -3_000, tokens: 2_010 },
  });
});

const cutOf = (change: Partial<Cut>): Cut => ({
  keeps: 1,
  waste: 0,
  dead: 2_000,
  rebuild: 0,
  tokens: 500,
  ...change,
});

test("a cut pays once the waste is more than the rebuilding, and a thousand tokens are dead", () => {
  assert.ok(pays(cutOf({ waste: 11, rebuild: 10, dead: 1_024 })));
  assert.ok(!pays(cutOf({ waste: 10, rebuild: 10, dead: 1_024 })));
  assert.ok(!pays(cutOf({ waste: 11, rebuild: 10, dead: 1_023 })));
});

test("a log that fits stays as it is until a cut pays", () => {
  const asItIs = cutOf({ keeps: 9, dead: 0, tokens: 900 });
  assert.equal(chosen([asItIs, cutOf({ waste: 5, rebuild: 6 })], 1_000), undefined);
  const paying = cutOf({ keeps: 2, waste: 7, rebuild: 6 });
  assert.equal(chosen([asItIs, paying], 1_000), paying);
});

test("of cuts that pay, the one that gains the most is chosen, and the shortest of those that gain alike", () => {
  const asItIs = cutOf({ keeps: 9, dead: 0, tokens: 900 });
  const [some, most, same] = [
    cutOf({ keeps: 5, waste: 7, rebuild: 6 }),
    cutOf({ keeps: 4, waste: 90, rebuild: 10 }),
    cutOf({ keeps: 3, waste: 91, rebuild: 11 }),
  ];
  assert.equal(chosen([asItIs, some, most, same], 1_000), most);
});

test("a log over the room is cut so that room is left, at the least cost", () => {
  const asItIs = cutOf({ keeps: 9, dead: 0, tokens: 1_001 });
  const tight = cutOf({ keeps: 5, dead: 0, waste: 500, tokens: 601 });
  const cheap = cutOf({ keeps: 3, dead: 0, rebuild: 50, tokens: 600 });
  const dear = cutOf({ keeps: 2, dead: 0, rebuild: 80, tokens: 100 });
  assert.equal(chosen([asItIs, tight, cheap, dear], 1_000), cheap);
});

test("where no cut leaves room, all is packed anew", () => {
  const cuts = [cutOf({ keeps: 2, tokens: 1_500 }), cutOf({ keeps: 1, tokens: 1_400 })];
  assert.equal(chosen(cuts, 1_000), cuts[1]);
});

test("a log that holds nothing but its first message stays as it is", () => {
  const log = [logged(0, "instructions", { tokens: 10 })];
  assert.equal(chosen(cutsOf(stateOf(log, {})), 100), undefined);
});
