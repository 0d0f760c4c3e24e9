import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { counts, patience } from "./counts.ts";
import { acknowledgement, historyOf, type History } from "./effects.ts";
import type { Manner } from "./manners.ts";
import { assertNone, discard, examine } from "./oracle.ts";
import { start } from "./process.ts";

const writer = new URL("./children/writer.ts", import.meta.url);
const roundsOfAStore = 6;
const longestLifeMs = 60;

test(
  `writers killed at ${counts.kills} moments lose nothing that they acknowledged`,
  { timeout: patience },
  async (t) => {
    let [kills, acknowledged, unheard] = [0, 0, 0];
    for (let place = newPlace(); kills < counts.kills; discard(place.store), place = newPlace()) {
      let known: History = { settled: {}, acknowledged: 0 };
      for (let round = 0; round < roundsOfAStore && kills < counts.kills; round++) {
        const names = Array.from({ length: 2 + (round % 2) }, (_, index) => `w${round}${index}`);
        const histories = await Promise.all(names.map((name) => killedWriter(place, name)));
        const { troubles, stands } = examine(place.store, [known, ...histories]);
        assertNone(troubles);
        known = { settled: stands, acknowledged: 0 };
        kills += names.length;
        for (const history of histories) {
          acknowledged += history.acknowledged;
          if (history.acknowledged === 0) unheard++;
        }
      }
    }
    assert.ok(acknowledged > kills / 4, "the writers did write");
    t.diagnostic(`${kills} kills, ${unheard} before the first acknowledgement`);
    t.diagnostic(`${acknowledged} operations acknowledged, 0 lost`);
  },
);

test("a writer that acknowledges before it commits is caught", { timeout: patience }, async (t) => {
  for (let kills = 1; kills <= 100; kills++) {
    const place = newPlace();
    const { troubles } = examine(place.store, [await killedWriter(place, "w", "hasty")]);
    discard(place.store);
    if (troubles.length === 0) continue;
    assert.match(troubles.join("\n"), /^lost: /mu);
    t.diagnostic(`caught by kill ${kills}`);
    return;
  }
  assert.fail("100 kills did not catch it");
});

interface Place {
  readonly store: string;
  readonly sources: string;
}

function newPlace(): Place {
  const sources = temporaryFolder();
  return { sources, store: join(sources, "store") };
}

/** Starts a writer, kills it soon after it began to open its store or first acknowledged something, and returns what it said. */
async function killedWriter(place: Place, name: string, manner?: Manner): Promise<History> {
  const victim = start(writer, [place.store, place.sources, name, manner ?? "careful"]);
  await victim.said(Math.random() < 0.5 ? "opening\n" : acknowledgement);
  await setTimeout(Math.random() * longestLifeMs);
  await victim.kill();
  return historyOf(victim.output());
}
