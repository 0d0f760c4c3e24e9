// Run: node test/bench/tokens.bench.ts
// Cold counts of 6 MB of mixed text, ours and plain `tiktoken`, each in a thread of its own; then 100,000 equal letters.
// Fails if the counts differ or ours is less than three times as fast.
import { globSync, readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { get_encoding } from "tiktoken";
import { openTiktoken } from "../../src/tokens/open-tiktoken.ts";

interface Task {
  readonly counter: "ours" | "plain";
  readonly texts: readonly string[];
}

interface Result {
  readonly count: number;
  readonly milliseconds: number;
}

const modules = new URL("../../node_modules/", import.meta.url).pathname;
const share = 1_500_000;
const wanted = 3;

if (isMainThread) await compare();
else parentPort?.postMessage(await measure(workerData as Task), []);

async function compare(): Promise<void> {
  const text = mixedText();
  console.log(`${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB of mixed text`);
  const ratios = [await compareOnce(text), await compareOnce(text), await compareOnce(text)];
  const median = ratios.toSorted((left, right) => left - right)[1] as number;
  if (median < wanted) fail(`${median.toFixed(1)} times as fast as plain tiktoken, not ${wanted}`);

  const letters = "a".repeat(100_000);
  const times = await inThread({ counter: "ours", texts: [letters, letters] });
  const shown = times.map(({ milliseconds }) => `${milliseconds.toFixed(0)} ms`);
  console.log(`100,000 equal letters: first ${shown.join(", then ")}`);
}

/** How many times as fast as plain `tiktoken` ours is. */
async function compareOnce(text: string): Promise<number> {
  const [plain] = await inThread({ counter: "plain", texts: [text] });
  const [cold, warm] = await inThread({ counter: "ours", texts: [text, text] });
  if (!plain || !cold || !warm) throw new Error("a result is missing");
  if (cold.count !== plain.count || warm.count !== plain.count) {
    fail(`counts differ: ours ${cold.count} and ${warm.count}, plain tiktoken ${plain.count}`);
  }
  const [plainSpeed, coldSpeed, warmSpeed] = [plain, cold, warm].map(
    ({ milliseconds }) => `${(Buffer.byteLength(text) / 1000 / milliseconds).toFixed(1)} MB/s`,
  );
  const ratio = plain.milliseconds / cold.milliseconds;
  console.log(
    `plain tiktoken ${plainSpeed}, ours cold ${coldSpeed}, warm ${warmSpeed}; cold ${ratio.toFixed(1)} times as fast`,
  );
  return ratio;
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}

function inThread(task: Task): Promise<readonly Result[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** Counts each text in turn; opening the encoding is not part of the time. */
async function measure({ counter, texts }: Task): Promise<readonly Result[]> {
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

/** Four equal shares of type declarations, Markdown, JavaScript with JSON, and generated CSV. */
function mixedText(): string {
  const files = ["**/*.d.ts", "**/*.md", "**/*.{json,mjs}"].map(filesLike);
  return [...files, generatedCsv()].join("\n");
}

function filesLike(pattern: string): string {
  let text = "";
  for (const file of globSync(pattern, { cwd: modules }).toSorted()) {
    // No file alone makes up the share, and none of those that only hold the ranks.
    if (!file.includes("tiktoken")) text += readFileSync(modules + file, "utf8").slice(0, 60_000);
    if (text.length > share) break;
  }
  return text.slice(0, share);
}

function generatedCsv(): string {
  let state = 1;
  // The minimal standard generator of Park and Miller: the same text in each run.
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
  let text = "id,date,name,amount,active\n";
  while (text.length < share) {
    const date = `2024-${1 + below(12)}-${1 + below(28)}`;
    text += `${below(1_000_000)},${date},customer ${below(5000)},${below(100_000) / 100},${below(2) === 0}\n`;
  }
  return text;
}
