import assert from "node:assert/strict";
import { test } from "node:test";
import { dataFamilies } from "../../src/digests/data-families.ts";
import { type Extraction, fileInMemory, type FileBytes } from "../../src/digests/extraction.ts";

const noPause = (): Promise<void> => Promise.resolve();

/** What the family of the extension says of these bytes. */
export function extracted(
  extension: string,
  content: string | Uint8Array,
): Promise<Extraction | undefined> {
  return extractedFile(fileInMemory(Buffer.from(content), extension));
}

/** The same of a file whose whole bytes must not be asked for. */
export function extractedByRanges(
  extension: string,
  size: number,
  read: FileBytes["read"],
): Promise<Extraction | undefined> {
  return extractedFile({
    extension,
    size,
    read,
    get bytes(): Buffer {
      throw new Error("all bytes were asked for");
    },
  });
}

async function extractedFile(file: FileBytes): Promise<Extraction | undefined> {
  const family = dataFamilies.find(({ extensions }) =>
    extensions.split(" ").includes(file.extension ?? ""),
  );
  return family?.extract(file, noPause);
}

/** Facts by name. */
export async function factsOf(
  extension: string,
  content: string | Uint8Array,
): Promise<Readonly<Record<string, string>>> {
  const extraction = await extracted(extension, content);
  return Object.fromEntries((extraction?.facts ?? []).map(({ name, value }) => [name, value]));
}

/** The lines of the text below the facts. */
export async function linesOf(
  extension: string,
  content: string | Uint8Array,
): Promise<readonly string[]> {
  return (await extracted(extension, content))?.text.split("\n").slice(1) ?? [];
}

/** A test that damage of these files makes no extractor hang or throw what is no error. */
export function testDamage(
  family: string,
  seeds: readonly (readonly [string, Uint8Array])[],
): void {
  test(`2,000 damaged files of ${family} hang nothing`, { timeout: 20_000 }, async () => {
    const random = createRandom(42);
    for (let run = 0; run < 2000; run++) {
      const [extension, bytes] = seeds[run % seeds.length] ?? ["", Buffer.alloc(0)];
      await assertHarmless(extension, damaged(Buffer.from(bytes), random));
    }
  });
}

async function assertHarmless(extension: string, bytes: Buffer): Promise<void> {
  try {
    const extraction = await extracted(extension, bytes);
    if (!extraction) return;
    assert.ok(extraction.text.length <= 1200 && extraction.text.isWellFormed());
    assert.deepEqual(JSON.parse(JSON.stringify(extraction)), { ...extraction });
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(error instanceof Error);
  }
}

const loud: readonly number[] = [0, 1, 0x7f, 0x80, 0xff];

function damaged(bytes: Buffer, random: (below: number) => number): Buffer {
  const changes = 1 + random(6);
  for (let change = 0; change < changes; change++) {
    // Headers are where damage does most.
    const place = random(2) === 0 ? random(Math.min(bytes.length, 128)) : random(bytes.length);
    bytes[place] = random(2) === 0 ? random(256) : (loud[random(loud.length)] ?? 0);
  }
  return random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** Mulberry32: the same numbers each time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
