/** The middle of some numbers; of an even count, the upper of the two. */
export function median(numbers: readonly number[]): number {
  const middle = numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)];
  if (middle === undefined) throw new Error("a median needs a number");
  return middle;
}

/** The mean of ratios: it is the same whichever of the two is divided by the other. */
export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** Milliseconds with one digit more than their size deserves, for example `0.42 ms` or `312 ms`. */
export function milliseconds(number: number): string {
  return `${number.toFixed(digits(number))} ms`;
}

/** How many times, for example `0.85 x`. */
export function times(number: number): string {
  return `${number.toFixed(2)} x`;
}

/** Bytes in megabytes of a million, for example `1.72 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(digits(bytes / 1e6))} MB`;
}

function digits(number: number): number {
  if (number >= 100) return 0;
  return number >= 10 ? 1 : 2;
}
