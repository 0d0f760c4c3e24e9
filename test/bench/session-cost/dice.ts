/** Chance that is the same in each run and on every machine. */
export interface Dice {
  /** A whole number from 0 on, below the limit. */
  below(limit: number): number;
  chance(likelihood: number): boolean;
  pick<T>(things: readonly T[]): T;
}

/** A generator of its own for each seed: `mulberry32` by Tommy Ettinger, public domain. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (likelihood) => next() < likelihood,
    pick(things) {
      const thing = things[below(things.length)];
      if (thing === undefined) throw new Error("nothing to pick from");
      return thing;
    },
  };
}
