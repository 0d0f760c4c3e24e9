import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Contents } from "../../src/core/ports/contents.ts";
import { baseline } from "./baseline.ts";
import { type BusyThread, startBusyThread } from "./busy-thread.ts";
import { median, milliseconds, times } from "./numbers.ts";
import { inFolder, settle, withParts } from "./places.ts";
import type { Row } from "./result.ts";
import { rounds } from "./rounds.ts";
import { generatedCsv } from "./sample-texts.ts";
import { watchLoop } from "./watch-loop.ts";

const size = 1_000_000_000;
const wantedRatio = 0.8;
const wantedDelay = 20;

/** A file of 1 GB through `contents.inspect`, against `openssl` on the same file. A text is also looked at; other bytes are only hashed. */
export function benchHash(): Promise<readonly Row[]> {
  return withParts(async (place) => {
    const busy = await startBusyThread();
    try {
      // The thread's start is not part of the time.
      await place.contents.inspect(await place.write("small.txt", "small"), size);
      const parts = { contents: place.contents, busy };
      const bytes = await inspectLarge(parts, randomBytes(8_000_000));
      const text = await inspectLarge(parts, Buffer.from(generatedCsv(8_000_000)));
      assert.ok(text.every(({ isText }) => isText) && !bytes.some(({ isText }) => isText));
      return [
        speedRow("hashing a 1 GB file of random bytes", bytes),
        speedRow("hashing a 1 GB text", text),
        delayRow([...bytes, ...text]),
      ];
    } finally {
      await busy.close();
    }
  });
}

interface HashParts {
  readonly contents: Contents;
  readonly busy: BusyThread;
}

/** One round. */
interface Inspected {
  /** Speed of ours in speeds of openssl; undefined without openssl. */
  readonly ratio: number | undefined;
  /** Milliseconds. */
  readonly ours: number;
  /** The longest time between two turns of the caller's event loop, in milliseconds. */
  readonly delay: number;
  /** The same while another thread only computes for as long. */
  readonly delayBesideBusy: number;
  readonly isText: boolean;
}

function speedRow(what: string, inspected: readonly Inspected[]): Row {
  const ours = median(inspected.map((each) => each.ours));
  const ratios = inspected.flatMap((each) => each.ratio ?? []);
  const ratio = ratios.length === 0 ? undefined : median(ratios);
  return {
    what,
    measured: ratio === undefined ? milliseconds(ours) : times(ratio),
    target: `at least ${wantedRatio} x openssl dgst -sha256`,
    ok: ratio === undefined ? undefined : ratio >= wantedRatio,
    detail: `ours ${(size / 1e6 / ours).toFixed(2)} GB/s${ratio === undefined ? "; no openssl here" : ", digests equal"}`,
  };
}

function delayRow(inspected: readonly Inspected[]): Row {
  const delays = inspected.map(({ delay }) => delay);
  const others = inspected.map(({ delayBesideBusy }) => delayBesideBusy);
  const added = Math.max(0, median(delays) - median(others));
  const shown = (all: readonly number[]): string =>
    `${milliseconds(median(all))}, worst ${milliseconds(Math.max(...all))}`;
  return {
    what: "extension host delayed by hashing",
    measured: milliseconds(added),
    target: `at most ${wantedDelay} ms`,
    ok: added <= wantedDelay,
    detail: `longest turn of its event loop: median of rounds ${shown(delays)}; beside a thread that only computes ${shown(others)}`,
  };
}

function inspectLarge(parts: HashParts, block: Buffer): Promise<readonly Inspected[]> {
  return inFolder((folder) => {
    const path = join(folder, "large.csv");
    writeLarge(path, block);
    return rounds(5, () => compareOnce(parts, path));
  });
}

async function compareOnce({ contents, busy }: HashParts, path: string): Promise<Inspected> {
  const openssl = await baseline("openssl", ["dgst", "-sha256", "-r", path], ".");
  const uri = pathToFileURL(path).href;
  const { value, wall, longest } = await watchLoop(() => contents.inspect(uri, size));
  const { contentId, lines } = value.content;
  if (openssl) assert.equal(contentId, openssl.output.slice(0, 64), "digests differ");
  const control = await watchLoop(() => busy.compute(wall));
  return {
    ratio: openssl && openssl.milliseconds / wall,
    ours: wall,
    delay: longest,
    delayBesideBusy: control.longest,
    isText: lines !== undefined,
  };
}

function writeLarge(path: string, block: Buffer): void {
  const file = openSync(path, "w");
  for (let written = 0; written < size;) {
    written += writeSync(file, block, 0, Math.min(block.length, size - written));
  }
  closeSync(file);
  settle(path);
}
