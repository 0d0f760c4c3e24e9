import { ContextError } from "../core/errors.ts";
import { asciiPieceEnd, markedUnits } from "./ascii-split.ts";
import { countByMerging } from "./byte-pair-merge.ts";
import { createPieceMemo } from "./piece-memo.ts";
import { parseRanks, type Ranks } from "./ranks.ts";
import { splitPattern } from "./split-pattern.ts";

/** An encoding as the `tiktoken` package publishes it. */
export interface Encoding {
  readonly pat_str: string;
  readonly special_tokens: Record<string, number>;
  readonly bpe_ranks: string;
}

export interface PieceCounterOptions {
  readonly encoding: Encoding;
  /** Tokens of one piece that the pattern of the encoding has split off. */
  readonly countPiece: (piece: string) => number;
}

// In code units. `tiktoken` is quadratic in the length of a piece; measured, it loses its lead over merging at about this length.
const longPiece = 1000;

/** Splits a text into pieces as the encoding demands and adds up their tokens; each distinct piece is counted once. */
export function createPieceCounter({
  encoding,
  countPiece,
}: PieceCounterOptions): (text: string) => Generator<void, number> {
  const pattern = splitPattern(encoding.pat_str);
  const memo = createPieceMemo();
  let parsed: Ranks | undefined;

  function countOnce(piece: string): number {
    const known = memo.get(piece);
    if (known !== undefined) return known;
    const count = countPiece(piece);
    memo.set(piece, count);
    return count;
  }

  function countLong(piece: string): Generator<void, number> {
    parsed ??= parseRanks(encoding.bpe_ranks);
    return countByMerging(Buffer.from(piece), parsed);
  }

  return function* countPieces(text) {
    const units = markedUnits(text);
    let total = 0;
    for (let start = 0, end = 0; start < text.length; start = end) {
      end = asciiPieceEnd(units, start);
      if (end < 0) end = endByPattern(pattern, text, start);
      const piece = text.slice(start, end);
      if (piece.length < longPiece) total += countOnce(piece);
      else total += yield* countLong(piece);
    }
    return total;
  };
}

function endByPattern(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  try {
    pattern.test(text);
  } catch (cause) {
    // V8 gives a regular expression 64 MB to remember its way back: some four million characters
    // (https://github.com/v8/v8/blob/main/src/regexp/regexp-stack.h, `kMaximumStackSize`).
    const sentence =
      "Tokens cannot be counted in a text with millions of characters in a row without a break";
    throw new ContextError("file-too-large", sentence, { cause });
  }
  return pattern.lastIndex;
}
