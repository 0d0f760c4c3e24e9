/** Runs work several times, one after the other, and gives what each run resolved to. */
export async function rounds<T>(count: number, work: (round: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < count; round++) results.push(await work(round));
  return results;
}
