import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { historyOf, type History } from "./effects.ts";
import { afterPowerCut, newImage, unmount, type Image } from "./loop-image.ts";
import type { Manner } from "./manners.ts";
import { discard, examine } from "./oracle.ts";
import { start } from "./process.ts";

const writer = new URL("./children/writer.ts", import.meta.url);
const cutsOfAStore = 5;
const longestLifeMs = 150;

/** What a power cut left. */
export interface PowerCut {
  readonly troubles: readonly string[];
  /** Operations since the last one. */
  readonly acknowledged: number;
}

/** Power cuts at random moments of writers, without end, to be asked for `alone`. Each writer lives through a few: what one leaves does not disturb the next. */
export async function* powerCuts(manner: Manner): AsyncGenerator<PowerCut, void> {
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
