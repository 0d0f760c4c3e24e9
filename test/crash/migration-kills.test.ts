import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { openDatabase } from "../../src/store/database.ts";
import { migrations, userVersion } from "../../src/store/schema.ts";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { counts, patience } from "./counts.ts";
import type { Manner } from "./manners.ts";
import { makeOldStore, oldRows } from "./old-store.ts";
import { assertNone, databaseTroubles, discard } from "./oracle.ts";
import { start } from "./process.ts";

const opener = new URL("./children/opener.ts", import.meta.url);

test(
  `windows killed in ${counts.migrationKillRounds} upgrades of a store leave every row of it`,
  { timeout: patience },
  async (t) => {
    const old = oldStore();
    let [kills, open, unfinished] = [0, 0, 0];
    // Not without one that was killed before the upgrade was committed.
    for (let round = 0; round < counts.migrationKillRounds || unfinished === 0; round++) {
      const outcome = await upgrade(old, 3);
      assertNone(outcome.troubles);
      kills += 3;
      open += outcome.open;
      if (outcome.isUnfinished) unfinished++;
    }
    t.diagnostic(`${kills} kills, ${open} of windows that had the store open`);
    t.diagnostic(`${unfinished} stores that were still old, no row lost`);
  },
);

test("an upgrade that commits each statement is caught", { timeout: patience }, async (t) => {
  const old = oldStore();
  for (let kills = 1; kills <= 100; kills++) {
    const { troubles } = await upgrade(old, 1, "piecemeal");
    if (troubles.length === 0) continue;
    t.diagnostic(`caught by kill ${kills}: ${troubles[0]}`);
    return;
  }
  assert.fail("100 kills did not catch it");
});

interface OldStore {
  readonly folder: string;
  readonly rows: string;
  readonly msToUpgrade: number;
}

function oldStore(): OldStore {
  const folder = join(temporaryFolder(), "old");
  makeOldStore(folder, 1500);
  const times = [1, 2, 3].map(() => {
    const store = copyOf(folder);
    const from = performance.now();
    openDatabase(store).close();
    discard(store);
    return performance.now() - from;
  });
  return { folder, rows: oldRows(folder), msToUpgrade: Math.min(...times) };
}

interface Outcome {
  readonly troubles: readonly string[];
  /** How many windows had said that the store is open. */
  readonly open: number;
  /** True if the store was found at its old version. */
  readonly isUnfinished: boolean;
}

/** Lets windows open a copy of an old store, kills them at random moments, and opens the copy once more. */
async function upgrade(old: OldStore, windows: number, manner?: Manner): Promise<Outcome> {
  const store = copyOf(old.folder);
  const lifeMs = Math.random() * 2.5 * old.msToUpgrade;
  const lives = Array.from({ length: windows }, () =>
    killedOpener(store, lifeMs * (0.8 + 0.4 * Math.random()), manner ?? "careful"),
  );
  const open = (await Promise.all(lives)).filter(Boolean).length;
  const version = versionOf(store);
  const troubles: string[] = [];
  if (open > 0 && version < migrations.length) troubles.push("open at its old version");
  try {
    openDatabase(store).close();
    if (oldRows(store) !== old.rows) troubles.push("the rows are not the same");
    troubles.push(...databaseTroubles(store));
  } catch (error) {
    troubles.push(String(error));
  }
  discard(store);
  return { troubles, open, isUnfinished: version < migrations.length };
}

function copyOf(folder: string): string {
  const store = join(temporaryFolder(), "store");
  cpSync(folder, store, { recursive: true });
  return store;
}

/** True if the window had said that the store is open. */
async function killedOpener(store: string, lifeMs: number, manner: Manner): Promise<boolean> {
  const victim = start(opener, [store, manner]);
  await victim.said("opening\n");
  await setTimeout(lifeMs);
  await victim.kill();
  return victim.output().includes("opened\n");
}

// Not from the header: it lags behind the write-ahead log.
function versionOf(store: string): number {
  const database = new DatabaseSync(join(store, "registry.sqlite"));
  try {
    return userVersion(database);
  } finally {
    database.close();
  }
}
