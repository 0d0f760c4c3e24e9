import { parentPort, workerData } from "node:worker_threads";
import { get_encoding } from "tiktoken";
import { openTiktoken } from "../../src/tokens/open-tiktoken.ts";
import { modules } from "./sample-texts.ts";

/** What a thread counts, one text after the other. */
export interface CountTask {
  readonly counter: "ours" | "plain";
  readonly texts: readonly string[];
}

export interface CountResult {
  readonly count: number;
  readonly milliseconds: number;
}

parentPort?.postMessage(await measure(workerData as CountTask), []);

/** Opening the encoding is not part of the time. */
async function measure({ counter, texts }: CountTask): Promise<readonly CountResult[]> {
  const count = counter === "ours" ? await openOurs() : openPlain();
  return texts.map((text) => {
    const start = performance.now();
    return { count: count(text), milliseconds: performance.now() - start };
  });
}

async function openOurs(): Promise<(text: string) => number> {
  const counter = await openTiktoken({
    wasm: `${modules}tiktoken/lite/tiktoken_bg.wasm`,
    ranks: `${modules}tiktoken/encoders/o200k_base.json`,
  });
  return (text) => {
    const steps = counter.count(text);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  };
}

function openPlain(): (text: string) => number {
  const encoding = get_encoding("o200k_base");
  return (text) => encoding.encode_ordinary(text).length;
}
