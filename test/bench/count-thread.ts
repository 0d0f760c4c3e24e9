import { parentPort, workerData } from "node:worker_threads";
import { get_encoding } from "tiktoken";
import { openCount } from "./exact-count.ts";

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
  const count = counter === "ours" ? await openCount() : openPlain();
  return texts.map((text) => {
    const start = performance.now();
    return { count: count(text), milliseconds: performance.now() - start };
  });
}

function openPlain(): (text: string) => number {
  const encoding = get_encoding("o200k_base");
  return (text) => encoding.encode_ordinary(text).length;
}
