/** Random numbers from 0 to below 1 that are the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  // mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What became of a file; undefined if it is gone. */
export type Mutation = (bytes: Buffer, random: () => number) => Buffer | undefined;

const page = 4096;

/** What disks, cables, other programs and people do to files. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "flipped bits": (bytes, random) => {
    for (let left = 1 + below(8, random); left > 0; left--) {
      const at = below(bytes.length, random);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8, random));
    }
    return bytes;
  },
  "a flipped bit in a definition": (bytes, random) => {
    const definitions: number[] = [];
    for (let at = bytes.indexOf("CREATE "); at >= 0; at = bytes.indexOf("CREATE ", at + 1)) {
      definitions.push(at);
    }
    const at = (definitions[below(definitions.length, random)] ?? 0) + below(400, random);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8, random));
    return bytes;
  },
  "a stretch of noise": (bytes, random) =>
    bytes.fill(noise(page, random), ...stretch(bytes, random)),
  "a stretch of zeros": (bytes, random) => bytes.fill(0, ...stretch(bytes, random)),
  "a lost end": (bytes, random) => bytes.subarray(0, below(bytes.length, random)),
  "lost pages": (bytes, random) => bytes.subarray(0, page * below(bytes.length / page, random)),
  "exchanged pages": (bytes, random) => exchange(bytes, page, random),
  "exchanged sectors": (bytes, random) => exchange(bytes, 512, random),
  "bytes too many": (bytes, random) =>
    Buffer.concat([bytes, noise(1 + below(page, random), random)]),
  "no bytes": () => Buffer.alloc(0),
  "noise alone": (bytes, random) => noise(bytes.length, random),
  "no file": () => undefined,
};

function exchange(bytes: Buffer, size: number, random: () => number): Buffer {
  const [a, b] = [below(bytes.length / size, random), below(bytes.length / size, random)];
  const kept = Buffer.from(bytes.subarray(a * size, (a + 1) * size));
  bytes.copy(bytes, a * size, b * size, (b + 1) * size);
  kept.copy(bytes, b * size);
  return bytes;
}

function stretch(bytes: Buffer, random: () => number): [from: number, to: number] {
  const from = below(bytes.length, random);
  return [from, Math.min(bytes.length, from + 1 + below(2 * page, random))];
}

function noise(length: number, random: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(256, random)));
}

function below(limit: number, random: () => number): number {
  return Math.floor(random() * Math.floor(limit));
}
