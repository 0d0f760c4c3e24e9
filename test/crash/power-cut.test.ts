import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { counts, patience } from "./counts.ts";
import { historyOf, type History } from "./effects.ts";
import { afterPowerCut, newImage, unmount, whyNoImages, type Image } from "./loop-image.ts";
import type { Manner } from "./manners.ts";
import { assertNone, discard, examine } from "./oracle.ts";
import { start } from "./process.ts";

const writer = new URL("./children/writer.ts", import.meta.url);
const skip = whyNoImages() ?? false;
const options = { skip, timeout: patience };
const cutsOfAStore = 5;
const longestLifeMs = 150;

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

interface PowerCut {
  readonly troubles: readonly string[];
  readonly acknowledged: number;
}

/** Power cuts at random moments of writers, without end. Each writer lives through a few: what one leaves does not disturb the next. */
async function* powerCuts(manner: Manner): AsyncGenerator<PowerCut, void> {
  const image = newImage();
  try {
    // Names that were not used before: a folder that was removed a moment ago comes back with a power cut.
    for (let store = 0; ; store++) yield* powerCutsOfAStore(image, `store-${store}`, manner);
  } finally {
    unmount(image);
  }
}

async function* powerCutsOfAStore(
  image: Image,
  name: string,
  manner: Manner,
): AsyncGenerator<PowerCut, void> {
  const store = join(image.root, name);
  const victim = start(writer, [store, temporaryFolder(), "w", manner]);
  try {
    await victim.said("opening\n");
    let heard = 0;
    for (let cut = 0; cut < cutsOfAStore; cut++) {
      await setTimeout(Math.random() * longestLifeMs);
      await victim.halt();
      const history = historyOf(victim.output());
      const troubles = troublesAfter(image, name, history);
      yield { troubles, acknowledged: history.acknowledged - heard };
      heard = history.acknowledged;
      victim.resume();
    }
  } finally {
    await victim.kill();
    discard(store);
  }
}

function troublesAfter(image: Image, name: string, history: History): readonly string[] {
  const copy = afterPowerCut(image);
  try {
    return examine(join(copy.root, name), [history]).troubles;
  } finally {
    unmount(copy);
  }
}
