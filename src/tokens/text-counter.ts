import { createPieceCounter, type PieceCounterOptions } from "./piece-counter.ts";
import { segmentEnds } from "./segments.ts";

/** Counts in steps of some ten milliseconds at most, so that a thread can hear an abort between them. Several counts may take turns. */
export interface TextCounter {
  /** A lone surrogate counts as U+FFFD, which UTF-8 makes of it. */
  count(text: string): Generator<void, number>;
  /** Invalid UTF-8 counts as what a `TextDecoder` makes of it; a byte order mark counts too. */
  countUtf8(bytes: Uint8Array): Generator<void, number>;
}

export interface TextCounterOptions extends PieceCounterOptions {
  /** About how many code units or bytes to take at a time. */
  readonly segmentSize?: number;
}

/** Counts the tokens of texts segment by segment, so that a large text is never decoded as a whole. */
export function createTextCounter(options: TextCounterOptions): TextCounter {
  const { segmentSize = 0x40000 } = options;
  const countPieces = createPieceCounter(options);

  function* countSegments(
    ends: Iterable<number>,
    segment: (start: number, end: number) => string,
  ): Generator<void, number> {
    let total = 0;
    let start = 0;
    for (const end of ends) {
      if (start > 0) yield;
      total += yield* countPieces(segment(start, end));
      start = end;
    }
    return total;
  }

  return {
    count: (text) =>
      countSegments(
        segmentEnds((index) => text.charCodeAt(index), text.length, segmentSize),
        (start, end) => text.slice(start, end),
      ),
    countUtf8(bytes) {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      return countSegments(
        segmentEnds((index) => bytes[index] as number, bytes.length, segmentSize),
        (start, end) => decoder.decode(bytes.subarray(start, end)),
      );
    },
  };
}
