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

/** In every second round windows lose their claims while they are still at work. */
function roundOf(index: number): Round {
  return {
    seed: firstSeed + index,
    contents: inRound,
    windows: 4,
    kills: Math.ceil(uploadKills / rounds),
    rules: { leaseMs: index % 2 === 0 ? 6_000 : 900, doubtMs: 7_500, listLag: 350, hurry: 0.3 },
    weather: badWeather,
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
    const repeated = sum((result) => result.counts.repeated);
    t.diagnostic(
      `${repeated} duplicates for a while (${((100 * repeated) / uploads).toFixed(1)} %), ${sum(({ deleted }) => deleted)} deleted, 0 left`,
    );
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
    (await playRound({ ...roundOf(0), contents: 40, kills: 8, manner: "blind" })).troubles,
  );
  t.diagnostic(JSON.stringify(found));
  assert.ok(found["duplicate"] && found["orphan"], "it was not found");
});

test("there are at least 12 ways in which an upload goes wrong", () => {
  assert.ok(Object.keys(uploadFaults).length >= 12);
});
