import assert from "node:assert/strict";
import { test } from "node:test";
import { counts, patience } from "./counts.ts";
import { naiveTroubles } from "./exactly-once-naive.ts";
import { troublesByKind } from "./exactly-once-oracle.ts";
import { playRound, type Round, type RoundResult } from "./exactly-once-round.ts";
import { randomNumbers } from "./mutations.ts";
import { uploadFaults } from "./upload-faults.ts";

const { uploads, uploadKills } = counts;
const inRound = 100;
const rounds = uploads / inRound;
const firstSeed = Number(process.env["SATCHEL_SEED"] ?? Math.floor(Math.random() * 1e6));
const badWeather = { uploads: 0.4, others: 0.12, late: 300 };
const rules = { leaseMs: 5_000, doubtMs: 6_000, listLag: 350, hurry: 0.3 };

/** In every second round lists lag for longer than anybody waits, and windows lose their claims while they are still at work. */
function roundOf(index: number): Round {
  const isHarsh = index % 2 === 1;
  return {
    seed: firstSeed + index,
    contents: inRound,
    windows: 4,
    kills: Math.ceil(uploadKills / rounds),
    rules: isHarsh ? { ...rules, leaseMs: 700 } : rules,
    weather: isHarsh ? { ...badWeather, late: 1_500 } : badWeather,
  };
}

test(
  `${uploads} contents that killed windows upload in bad weather are there once`,
  { timeout: patience },
  async (t) => {
    const results: RoundResult[] = [];
    for (let index = 0; index < rounds; index++) {
      const result = await playRound(roundOf(index));
      assert.deepEqual(result.troubles, [], `SATCHEL_SEED=${firstSeed + index}`);
      results.push(result);
    }
    const sum = (figure: (result: RoundResult) => number): number =>
      results.reduce((total, result) => total + figure(result), 0);
    const kinds = new Set(results.flatMap(({ faults }) => Array.from(faults.keys())));
    assert.ok(kinds.size > 12, "the server did misbehave");
    const sent = sum((result) => result.counts.uploads);
    t.diagnostic(
      `${sent} requests to upload, ${sum(({ acknowledged }) => acknowledged)} files acknowledged, ${sum(({ kills }) => kills)} kills`,
    );
    t.diagnostic(
      `${sum((result) => result.counts.faults)} faults of ${kinds.size} kinds, seed ${firstSeed}`,
    );
    const repeated = results.map((result) => result.counts.repeated);
    const mild = repeated.filter((_, index) => index % 2 === 0);
    const total = (figures: readonly number[]): number => figures.reduce((a, b) => a + b, 0);
    const share = (200 * total(mild)) / uploads;
    t.diagnostic(
      `duplicates for a while: ${total(repeated)}; ${share.toFixed(1)} % where the list was waited for`,
    );
    t.diagnostic(`${sum(({ deleted }) => deleted)} files deleted, 0 duplicates left`);
  },
);

test("a client that believes its SDK is caught", { timeout: patience }, async (t) => {
  const random = randomNumbers(firstSeed);
  const found = troublesByKind(await naiveTroubles(60, { ...badWeather, random }));
  t.diagnostic(JSON.stringify(found));
  for (const kind of ["duplicate", "orphan", "wrong record", "lost"]) {
    assert.ok(found[kind], `no ${kind} was found`);
  }
});

test("windows that send again what is in doubt are caught", { timeout: patience }, async (t) => {
  const found = troublesByKind(
    (await playRound({ ...roundOf(0), contents: 30, kills: 4, manner: "blind" })).troubles,
  );
  t.diagnostic(JSON.stringify(found));
  assert.ok(found["duplicate"] && found["orphan"], "it was not found");
});

test("there are at least 12 ways in which an upload goes wrong", () => {
  assert.ok(Object.keys(uploadFaults).length >= 12);
});
