import { createHash } from "node:crypto";
import { readSync, type BigIntStats } from "node:fs";
import type { ContentId } from "../core/files/content.ts";
import { failure, statsOf, withFile, type LocalFile } from "./local-file.ts";
import { createTextScan, type TextFacts } from "./text-scan.ts";
import type { Turns } from "../threads/turns.ts";

/** What reading a file from end to end told. */
export interface Reading extends TextFacts {
  readonly contentId: ContentId;
  readonly bytes: number;
}

/** How a file may be read. */
export interface ReadOptions {
  readonly maxBytes: number;
  readonly turns: Turns;
  readonly signal?: AbortSignal | undefined;
}

/** How often a file that changes under the reader is read before it is given up. */
export const attempts = 3;

const chunkBytes = 256 * 1024;

/** Reads the file until it held still from the first byte to the last. Throws the errors of the port `Contents`. */
export async function readStill(file: LocalFile, options: ReadOptions): Promise<Reading> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const reading = await readOnce(file, options);
    if (reading) return reading;
  }
  throw changing(file);
}

/** The error of a file that does not hold still. */
export function changing(file: LocalFile): Error {
  return failure(
    "file-changing",
    `${file.name} changes while it is read: wait until the program that writes it is done and try again`,
    file,
  );
}

/** Calls `take` with each piece of the file; the memory of a piece is used again for the next. */
export async function eachChunk(
  descriptor: number,
  options: Pick<ReadOptions, "turns" | "signal">,
  take: (chunk: Buffer) => void | Promise<void>,
): Promise<void> {
  // Not one for all: another file may be read while `take` waits for the disk.
  const memory = free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
  try {
    for (let position = 0; ;) {
      await options.turns.pause(options.signal);
      const length = readSync(descriptor, memory, 0, chunkBytes, position);
      if (length === 0) return;
      position += length;
      await take(memory.subarray(0, length));
    }
  } finally {
    free.push(memory);
  }
}

const free: Buffer[] = [];

async function readOnce(file: LocalFile, options: ReadOptions): Promise<Reading | undefined> {
  return withFile(file, async ({ descriptor, stats }) => {
    requireSize(file, stats.size, options.maxBytes);
    const startedAt = Date.now();
    const reading = await scan(file, descriptor, options);
    if (reading.bytes === 0 || !isSame(stats, statsOf(file))) return undefined;
    if (!isRecent(stats, startedAt)) return reading;
    // A change within the clock's grain leaves no trace in the file's times: what changed just now is trusted when
    // two readings agree, as git does with its index (https://git-scm.com/docs/racy-git).
    const again = await scan(file, descriptor, options);
    return again.contentId === reading.contentId ? reading : undefined;
  });
}

async function scan(file: LocalFile, descriptor: number, options: ReadOptions): Promise<Reading> {
  const hash = createHash("sha256");
  const text = createTextScan();
  let bytes = 0;
  await eachChunk(descriptor, options, (chunk) => {
    bytes += chunk.length;
    requireSize(file, BigInt(bytes), options.maxBytes);
    hash.update(chunk);
    text.update(chunk);
  });
  return { contentId: hash.digest("hex"), bytes, ...text.finish() };
}

function requireSize(file: LocalFile, bytes: bigint, maxBytes: number): void {
  if (bytes === 0n) {
    throw failure(
      "file-empty",
      `${file.name} is empty: add it again when something is in it`,
      file,
    );
  }
  if (bytes <= BigInt(Math.floor(maxBytes))) return;
  throw failure(
    "file-too-large",
    `${file.name} has ${sizeOf(Number(bytes))}, and the limit is ${sizeOf(maxBytes)}: add a part of it, or raise the limit in the settings`,
    file,
  );
}

function sizeOf(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  if (megabytes < 1) return `${bytes.toLocaleString("en")} bytes`;
  // Rounded up, so that a size just over a limit never looks like the limit.
  return `${Math.ceil(megabytes * 10) / 10} MB`;
}

function isSame(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ino === after.ino &&
    before.dev === after.dev
  );
}

// The coarsest clock of a file system in use: two seconds, on FAT.
const clockGrainMs = 2000;

function isRecent(stats: BigIntStats, now: number): boolean {
  return now - Number(stats.mtimeMs) <= clockGrainMs + 100;
}
