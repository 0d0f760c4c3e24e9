import { readFileSync } from "node:fs";
import { get_encoding } from "tiktoken";
import type { Encoding } from "../../src/tokens/piece-counter.ts";
import type { TokenFiles } from "../../src/tokens/open-tiktoken.ts";

const modules: string = new URL("../../node_modules/tiktoken/", import.meta.url).pathname;

/** The files of the `tiktoken` package that counting needs. */
export const tokenFiles: TokenFiles = {
  wasm: `${modules}lite/tiktoken_bg.wasm`,
  ranks: `${modules}encoders/o200k_base.json`,
};

/** The published `o200k_base`. */
export const encoding: Encoding = JSON.parse(readFileSync(tokenFiles.ranks, "utf8")) as Encoding;

const plain = get_encoding("o200k_base");

/** What all counts must be equal to: plain `tiktoken`, asked for the whole text. */
export function plainCount(text: string): number {
  return plain.encode_ordinary(text).length;
}

/** The value at the end of all steps. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
