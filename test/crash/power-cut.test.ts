import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { counts, patience } from "./counts.ts";
import { alone, whyNoImages } from "./loop-image.ts";
import type { Manner } from "./manners.ts";
import { assertNone } from "./oracle.ts";
import type { PowerCut } from "./power-cuts.ts";
import { start } from "./process.ts";

const skip = whyNoImages() ?? false;
const options = { skip, timeout: patience };

test(`${counts.powerCuts} power cuts lose nothing of what was acknowledged`, options, (t) =>
  loseNothing(t, "careful", counts.powerCuts),
);

const fewer = Math.ceil(counts.powerCuts / 2);
test(`${fewer} power cuts lose nothing without a write-ahead log`, options, (t) =>
  loseNothing(t, "affected", fewer),
);

async function loseNothing(t: TestContext, manner: Manner, cuts: number): Promise<void> {
  let [done, acknowledged] = [0, 0];
  for await (const cut of powerCuts(manner)) {
    assertNone(cut.troubles);
    acknowledged += cut.acknowledged;
    // A slow machine needs more of them before the writer has done enough to lose.
    if (++done >= cuts && acknowledged > cuts) break;
  }
  t.diagnostic(`${done} power cuts, ${acknowledged} operations acknowledged, 0 lost`);
}

const bugs: Partial<Record<Manner, string>> = {
  normal: "a write-ahead log that is not synced",
  "affected-full": "a rollback journal whose removal is not synced",
  unsynced: "a blob that is renamed before it is synced",
};

for (const [manner, bug] of Object.entries(bugs)) {
  test(`${bug} is caught`, options, async (t) => {
    let cuts = 0;
    for await (const { troubles } of powerCuts(manner as Manner)) {
      cuts++;
      if (troubles.length === 0 && cuts < 150) continue;
      assert.match(troubles.join("\n"), /^lost: /mu);
      t.diagnostic(`caught by power cut ${cuts}, which lost ${troubles.length} things`);
      return;
    }
  });
}

/** Power cuts of writers of this manner, without end. */
async function* powerCuts(manner: Manner): AsyncGenerator<PowerCut, void> {
  const script = new URL("./children/power-cuts.ts", import.meta.url);
  const child = start(script, [manner], { by: alone, temporary: temporaryFolder() });
  const lines = (output: string): string[] => output.split("\n").slice(0, -1);
  try {
    for (let cut = 0; ; cut++) {
      await child.wrote((output) => lines(output).length > cut);
      yield JSON.parse(lines(child.output())[cut] ?? "") as PowerCut;
    }
  } finally {
    await child.kill();
  }
}
