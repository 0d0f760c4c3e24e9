import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import type { CountResult, CountTask } from "./count-thread.ts";
import { median, milliseconds, times } from "./numbers.ts";
import type { Row } from "./result.ts";
import { rounds } from "./rounds.ts";
import { mixedText } from "./sample-texts.ts";

const wanted = 3;
const wantedForLetters = 100;

/** Cold counts of 6 MB of mixed text, ours and plain `tiktoken`, each in a thread of its own; then 100,000 equal letters. The counts must be equal. */
export async function benchTokens(): Promise<readonly Row[]> {
  const text = mixedText(1_500_000);
  const compared = await rounds(5, () => compareOnce(text));
  const ratio = median(compared.map(({ plain, cold }) => plain / cold));
  const speed = (part: "plain" | "cold" | "warm"): string => {
    const time = median(compared.map((each) => each[part]));
    return `${(Buffer.byteLength(text) / 1000 / time).toFixed(1)} MB/s`;
  };
  const letters = await rounds(5, timeLetters);
  const first = median(letters.map((each) => each.first));
  const next = median(letters.map((each) => each.next));
  return [
    {
      what: "token counting, 6 MB mixed text, cold",
      measured: times(ratio),
      target: `at least ${wanted} x plain tiktoken`,
      ok: ratio >= wanted,
      detail: `plain ${speed("plain")}, ours cold ${speed("cold")}, warm ${speed("warm")}; counts equal`,
    },
    {
      what: "100,000 equal letters",
      measured: milliseconds(first),
      target: `under ${wantedForLetters} ms`,
      ok: first < wantedForLetters,
      detail: `first count of a new thread, which reads the ranks; the next takes ${milliseconds(next)}`,
    },
  ];
}

/** Milliseconds of the counts of one text. */
interface Compared {
  readonly plain: number;
  readonly cold: number;
  readonly warm: number;
}

async function compareOnce(text: string): Promise<Compared> {
  const [plain] = await inThread({ counter: "plain", texts: [text] });
  const [cold, warm] = await inThread({ counter: "ours", texts: [text, text] });
  assert.ok(plain && cold && warm);
  assert.equal(cold.count, plain.count, "ours counts other than plain tiktoken");
  assert.equal(warm.count, plain.count, "ours counts other than plain tiktoken when warm");
  return {
    plain: plain.milliseconds,
    cold: cold.milliseconds,
    warm: warm.milliseconds,
  };
}

async function timeLetters(): Promise<{ readonly first: number; readonly next: number }> {
  const text = "a".repeat(100_000);
  const [first, next] = await inThread({ counter: "ours", texts: [text, text] });
  assert.ok(first && next);
  assert.equal(first.count, next.count);
  return { first: first.milliseconds, next: next.milliseconds };
}

function inThread(task: CountTask): Promise<readonly CountResult[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./count-thread.ts", import.meta.url), { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
