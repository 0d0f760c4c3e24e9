import assert from "node:assert/strict";
import { test } from "node:test";
import { wantedEpoch, type WantedEpoch } from "../../../src/core/context/wanted-epoch.ts";
import type { EpochCause } from "../../../src/core/context/ledger/ledger.ts";
import type { Phases } from "../../../src/core/ports/phases.ts";
import type { RequestFacts } from "../../../src/core/ports/request-log.ts";
import { requestOf } from "../../store/sample-requests.ts";

interface Given {
  /** When phases 2, 3, … began. */
  readonly phases?: readonly number[];
  /** When the requests before were made, with what began an epoch. */
  readonly requests?: readonly (readonly [at: number, cause?: EpochCause])[];
  readonly epoch?: "compact" | "reset";
  readonly now?: number;
}

async function wanted({
  phases = [],
  requests = [],
  epoch,
  now = 100,
}: Given): Promise<WantedEpoch> {
  const known = [0, ...phases].map((startedAt, index) => ({
    sessionId: "s",
    number: index + 1,
    name: `Phase ${index + 1}`,
    startedAt,
  }));
  const port = { phases: async () => (phases.length === 0 ? [] : known) } as Partial<Phases>;
  const before = requests.map(([createdAt, cause], index): RequestFacts =>
    requestOf(`${index}`, { createdAt, cause }),
  );
  const found = await wantedEpoch(port as Phases, "s", before, { epoch, now });
  return { ...found };
}

async function check(
  given: Given,
  cause: EpochCause | undefined,
  restsBefore?: number,
): Promise<void> {
  const found = await wanted(given);
  assert.deepEqual([found.cause, found.restsBefore], [cause, restsBefore]);
}

test("nothing is wanted of a conversation that just goes on", async () => {
  await check({}, undefined);
  await check({ requests: [[10, "first"], [20], [30, "pays"]] }, undefined);
});

test("a compaction begins an epoch and puts nothing aside, now or later", async () => {
  await check({ requests: [[10, "first"]], epoch: "compact" }, "asked");
  await check(
    {
      requests: [
        [10, "first"],
        [20, "asked"],
      ],
    },
    undefined,
  );
});

test("a reset puts aside all that is not used in this request, and that stays so", async () => {
  const before: Given["requests"] = [[10, "first"], [20]];
  await check({ requests: before, epoch: "reset" }, "reset", 2);
  await check({ requests: [...before, [30, "reset"]] }, undefined, 2);
  await check({ requests: [...before, [30, "reset"], [40], [50, "pays"]] }, undefined, 2);
});

test("the newest reset counts", async () => {
  const before: Given["requests"] = [[10, "reset"], [20], [30, "reset"], [40]];
  await check({ requests: before }, undefined, 2);
  await check({ requests: before, epoch: "reset" }, "reset", 4);
});

test("a compaction leaves aside what a reset has put aside", async () => {
  await check(
    {
      requests: [
        [10, "first"],
        [20, "reset"],
      ],
      epoch: "compact",
    },
    "asked",
    1,
  );
});

test("the first request of a new phase begins an epoch, the next ones do not", async () => {
  const before: Given["requests"] = [[10, "first"], [20]];
  await check({ phases: [50], requests: before }, "phase", 2);
  await check({ phases: [50], requests: [...before, [60, "phase"]] }, undefined, 2);
  await check({ phases: [50], requests: [...before, [60, "phase"], [70]] }, undefined, 2);
});

test("a request in the very millisecond in which a phase began belongs to it", async () => {
  await check(
    {
      phases: [50],
      requests: [
        [10, "first"],
        [50, "phase"],
      ],
    },
    undefined,
    1,
  );
});

test("phase 1 is no new phase", async () => {
  const port = {
    phases: async () => [{ sessionId: "s", number: 1, name: "Start", startedAt: 5 }],
  } as Partial<Phases>;
  const { cause } = await wantedEpoch(port as Phases, "s", [], { now: 10 });
  assert.equal(cause, undefined);
});

test("a reset in a phase counts from the reset", async () => {
  const before: Given["requests"] = [
    [10, "first"],
    [60, "phase"],
    [70, "reset"],
  ];
  await check({ phases: [50], requests: before }, undefined, 2);
});

test("a phase that begins after a reset counts from the phase", async () => {
  const before: Given["requests"] = [[10, "first"], [20, "reset"], [30]];
  await check({ phases: [50], requests: before }, "phase", 3);
});

test("a reset in the first request of a phase is told as a reset, and begins the phase as well", async () => {
  const before: Given["requests"] = [[10, "first"]];
  await check({ phases: [50], requests: before, epoch: "reset" }, "reset", 1);
  await check({ phases: [50], requests: [...before, [60, "reset"]] }, undefined, 1);
});

test("a phase that a clock has put into the future begins with this request, and only once", async () => {
  await check({ phases: [900], requests: [[10, "first"]], now: 100 }, "phase", 1);
  await check(
    {
      phases: [900],
      requests: [
        [10, "first"],
        [100, "phase"],
      ],
      now: 101,
    },
    undefined,
    1,
  );
});
