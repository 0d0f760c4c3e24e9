/** Token counts of pieces that were counted before. */
export interface PieceMemo {
  get(piece: string): number | undefined;
  set(piece: string, count: number): void;
}

// What one entry takes beside its characters, in characters of one byte: the head of a string and three words in the map.
const entryWeight = 48;

/** A memo that forgets everything when its pieces take about `limit` bytes. */
export function createPieceMemo(limit: number = 8 * 1024 * 1024): PieceMemo {
  const counts = new Map<string, number>();
  let weight = 0;
  return {
    get: (piece) => counts.get(piece),
    set(piece, count) {
      weight += piece.length + entryWeight;
      if (weight > limit) {
        counts.clear();
        weight = piece.length + entryWeight;
      }
      counts.set(ownCopy(piece), count);
    },
  };
}

/** V8 lets a slice of 13 characters or more keep the whole text alive (https://github.com/v8/v8/blob/main/src/objects/string.h, `SlicedString::kMinLength`). */
function ownCopy(piece: string): string {
  return piece.length < 13 ? piece : Buffer.from(piece).toString();
}
