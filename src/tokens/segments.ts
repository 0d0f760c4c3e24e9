/** Reads one unit: a code unit of a string, or a byte of UTF-8. */
type UnitAt = (index: number) => number;

/**
 * Ends of the segments of a text of `length` units, each about `size` long: counted one by one they have the tokens of the whole.
 * A segment is longer only where the text offers no place to cut.
 */
export function* segmentEnds(unitAt: UnitAt, length: number, size: number): Generator<number> {
  let start = 0;
  while (start < length) {
    const end = length - start <= size ? length : cutNear(unitAt, start, start + size, length);
    yield end;
    start = end;
  }
}

/** The last cut before `wanted`, else the first one after it, else the end. */
function cutNear(unitAt: UnitAt, start: number, wanted: number, length: number): number {
  for (let at = wanted; at > start; at--) if (isCut(unitAt, at)) return at;
  for (let at = wanted + 1; at < length; at++) if (isCut(unitAt, at)) return at;
  return length;
}

/**
 * True between an ASCII letter or digit and an ASCII character that is neither of them and not an apostrophe.
 * No piece spans this place, as after a letter or digit a piece goes on only with letters, marks, digits or a contraction;
 * and none is shorter because of what follows, as the only look-ahead of the pattern stands behind white space.
 */
function isCut(unitAt: UnitAt, at: number): boolean {
  const next = unitAt(at);
  return next < 0x80 && next !== 0x27 && !isLetterOrDigit(next) && isLetterOrDigit(unitAt(at - 1));
}

function isLetterOrDigit(unit: number): boolean {
  const letter = unit | 0x20; // in lower case
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
}
