/** A binary heap of numbers, for at most `capacity` of them: the smallest comes out first. */
export interface NumberHeap {
  push(value: number): void;
  /** The smallest, undefined if there is none. */
  pop(): number | undefined;
}

/** An empty heap. Pushing more than `capacity` numbers loses them. */
export function createNumberHeap(capacity: number): NumberHeap {
  const values = new Float64Array(capacity);
  let size = 0;
  const at = (index: number): number => values[index] as number;

  function push(value: number): void {
    let index = size++;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (at(parent) <= value) break;
      values[index] = at(parent);
      index = parent;
    }
    values[index] = value;
  }

  function pop(): number | undefined {
    if (size === 0) return undefined;
    const smallest = at(0);
    const value = at(--size);
    let index = 0;
    for (let child = 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && at(child + 1) < at(child)) child++;
      if (at(child) >= value) break;
      values[index] = at(child);
      index = child;
    }
    values[index] = value;
    return smallest;
  }

  return { push, pop };
}
