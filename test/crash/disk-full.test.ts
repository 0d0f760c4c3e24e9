import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { counts, patience } from "./counts.ts";
import type { Manner } from "./manners.ts";
import { assertNone } from "./oracle.ts";
import { runOnSmallDisk, whyNoSmallDisks } from "./small-disk.ts";

const script = new URL("./children/full-disk.ts", import.meta.url);
const options = { skip: whyNoSmallDisks() ?? false, timeout: patience };

for (const [manner, how] of [
  ["careful", "with"],
  ["affected", "without"],
] as const) {
  test(
    `a disk that is full ${counts.fullDisks} times loses nothing ${how} a write-ahead log`,
    options,
    async (t) => {
      let [acknowledged, refused] = [0, 0];
      for (let time = 0; time < counts.fullDisks; time++) {
        const report = await fullDisk(manner);
        assertNone(report.troubles);
        acknowledged += report.done;
        refused += report.refused;
      }
      assert.ok(refused > counts.fullDisks);
      t.diagnostic(`${acknowledged} operations acknowledged, ${refused} refused by name, 0 lost`);
    },
  );
}

test("a store that takes what was refused for done is caught", options, async (t) => {
  const { troubles } = await fullDisk("deaf");
  assert.match(troubles.join("\n"), /^lost: /mu);
  t.diagnostic(`caught: ${troubles.length} things`);
});

interface Report {
  readonly troubles: readonly string[];
  readonly done: number;
  readonly refused: number;
}

async function fullDisk(manner: Manner | "deaf"): Promise<Report> {
  const megabytes = Math.random() < 0.25 ? 12 : 4;
  const ballastBytes = Math.floor((1.8 + 0.6 * Math.random()) * 1024 * 1024);
  const args = [temporaryFolder(), manner, String(ballastBytes)];
  return JSON.parse(await runOnSmallDisk(megabytes, script, ...args)) as Report;
}
