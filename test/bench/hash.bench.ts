import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Contents } from "../../src/core/ports/contents.ts";
import { baseline } from "./baseline.ts";
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
    const { contents } = place;
    // The thread's start is not part of the time.
    await contents.inspect(await place.write("small.txt", "small"), size);
    const text = await inspectLarge(contents, Buffer.from(generatedCsv(8_000_000)));
    const bytes = await inspectLarge(contents, randomBytes(8_000_000));
    assert.ok(text.isText && !bytes.isText, "text is text, and random bytes are not");
    const delay = Math.max(text.delay, bytes.delay);
    return [
      rowOf("hashing a 1 GB file of random bytes", bytes),
      rowOf("hashing a 1 GB text", text),
      {
        what: "extension host delayed by hashing",
        measured: milliseconds(delay),
        target: `at most ${wantedDelay} ms`,
        ok: delay <= wantedDelay,
        detail: "longest time between two turns of the calling event loop, over all rounds",
      },
    ];
  });
}

interface Inspected {
  /** Speed of ours in speeds of openssl; undefined without openssl. */
  readonly ratio: number | undefined;
  readonly ours: number;
  readonly delay: number;
  readonly isText: boolean;
}

function rowOf(what: string, { ratio, ours }: Inspected): Row {
  return {
    what,
    measured: ratio === undefined ? milliseconds(ours) : times(ratio),
    target: `at least ${wantedRatio} x openssl dgst -sha256`,
    ok: ratio === undefined ? undefined : ratio >= wantedRatio,
    detail: `ours ${(size / 1e6 / ours).toFixed(2)} GB/s${ratio === undefined ? "; no openssl here" : ", digests equal"}`,
  };
}

function inspectLarge(contents: Contents, block: Buffer): Promise<Inspected> {
  return inFolder(async (folder) => {
    const path = join(folder, "large.csv");
    writeLarge(path, block);
    const compared = await rounds(5, () => compareOnce(contents, path));
    const ratios = compared.flatMap(({ ratio }) => ratio ?? []);
    return {
      ratio: ratios.length === 0 ? undefined : median(ratios),
      ours: median(compared.map(({ ours }) => ours)),
      delay: Math.max(...compared.map(({ delay }) => delay)),
      isText: compared.every(({ isText }) => isText),
    };
  });
}

async function compareOnce(contents: Contents, path: string): Promise<Inspected> {
  const openssl = await baseline("openssl", ["dgst", "-sha256", "-r", path], ".");
  const uri = pathToFileURL(path).href;
  const { value, wall, longest } = await watchLoop(() => contents.inspect(uri, size));
  const { contentId, lines } = value.content;
  if (openssl) assert.equal(contentId, openssl.output.slice(0, 64), "digests differ");
  const ratio = openssl && openssl.milliseconds / wall;
  return { ratio, ours: wall, delay: longest, isText: lines !== undefined };
}

function writeLarge(path: string, block: Buffer): void {
  const file = openSync(path, "w");
  for (let written = 0; written < size;) {
    written += writeSync(file, block, 0, Math.min(block.length, size - written));
  }
  closeSync(file);
  settle(path);
}
