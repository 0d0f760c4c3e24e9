import assert from "node:assert/strict";
import { extractionOf } from "./documents.ts";

/** Numbers that look random, and are the same each time. */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** The bytes with a few of them changed, left out, repeated or cut off. */
export function damagedCopy(bytes: Buffer, random: (limit: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(result.length);
    const length = random(40);
    const changes = [
      () => (result[at] = random(256)),
      () => (result[at] = (result[at] ?? 0) ^ (1 << random(8))),
      () => (result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)])),
      () => (result = Buffer.concat([result.subarray(0, at + length), result.subarray(at)])),
      () => (result = result.subarray(0, Math.max(1, at))),
      () => result.fill(0x39, at, Math.min(result.length, at + random(6))),
    ];
    changes[random(changes.length)]?.();
  }
  return Buffer.from(result);
}

/** Reads so many damaged copies of the bytes; returns how many had a digest. All others must be an error. */
export async function readDamaged(
  extension: string,
  bytes: Buffer,
  copies: number,
): Promise<number> {
  const random = createRandom(1);
  let read = 0;
  for (let count = 0; count < copies; count++) {
    try {
      if (await extractionOf(extension, damagedCopy(bytes, random))) read++;
    } catch (error) {
      assert.ok(error instanceof Error, `${count}: ${String(error)}`);
    }
  }
  return read;
}
