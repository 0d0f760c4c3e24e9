import { createNumberHeap, type NumberHeap } from "./number-heap.ts";
import type { Ranks } from "./ranks.ts";

/** How a long piece is worked through. */
export interface MergeWindow {
  /** Bytes merged at a time. */
  readonly size: number;
  /** Bytes of a window that the next one merges again, to find a token that both have. */
  readonly overlap: number;
}

const usualWindow: MergeWindow = { size: 0x10000, overlap: 0x400 };
// Positions in a window take the low digits of a number in the heap, ranks (below 2^18) the high ones: exact up to 2^53.
const positions: number = 2 ** 32;
const none = -1;

/**
 * Counts the tokens of one piece by byte-pair merges, exactly as `tiktoken` does but in O(n log n). Yields after each window.
 *
 * 1. Merge one window of the piece.
 * 2. Start the next window at a token that stands well before the end of the first, and merge it too.
 * 3. Two encodings that share a token are one encoding when joined there
 *    (https://github.com/github/rust-gems/blob/main/crates/bpe/README.md, corollary III):
 *    if the next window starts with the same token, count the first up to it and go on with the next.
 * 4. Else take a window twice as long.
 */
export function* countByMerging(
  piece: Uint8Array,
  ranks: Ranks,
  window: MergeWindow = usualWindow,
): Generator<void, number> {
  if (ranks.of(piece, 0, piece.length) !== none) return 1;
  let counted = 0;
  let size = window.size;
  let current = mergeWindow(piece, ranks, 0, size);
  while (current.start + current.length < piece.length) {
    yield;
    const seam = seamOf(current, window.overlap);
    const next = mergeWindow(piece, ranks, current.start + seam.at, size);
    if (seam.at > 0 && next.next[0] === seam.length) {
      counted += seam.before;
      current = next;
    } else {
      size *= 2;
      current = mergeWindow(piece, ranks, current.start, size);
    }
  }
  return counted + current.count;
}

/** The tokens of a part of a piece. */
interface Merged {
  /** Where the part starts in the piece. */
  readonly start: number;
  readonly length: number;
  readonly count: number;
  /** For each byte of the part at which a token starts, where the next token starts. */
  readonly next: Int32Array;
}

/** A token of a part of a piece. */
interface Seam {
  readonly at: number;
  readonly length: number;
  /** Tokens of the part before it. */
  readonly before: number;
}

/** The first token that starts at most `overlap` bytes before the end. */
function seamOf({ next, length }: Merged, overlap: number): Seam {
  let at = 0;
  let before = 0;
  for (; at < length - overlap; at = next[at] as number) before++;
  return { at, length: (next[at] as number) - at, before };
}

/** Merges the bytes of `piece` from `start`, at most `size` of them: always the pair of the lowest rank, the leftmost of equals. */
function mergeWindow(piece: Uint8Array, ranks: Ranks, start: number, size: number): Merged {
  const bytes = piece.subarray(start, start + size);
  const tokens = singleBytes(bytes, ranks);
  let count = bytes.length;
  for (let top = tokens.heap.pop(); top !== undefined; top = tokens.heap.pop()) {
    const rank = Math.floor(top / positions);
    const at = top - rank * positions;
    // A pair that has changed since it was pushed was pushed again, or is none any more.
    if (tokens.rank[at] !== rank) continue;
    mergeAt(tokens, at, bytes, ranks);
    count--;
  }
  return { start, length: bytes.length, count, next: tokens.next };
}

/** A doubly linked list of tokens, by the position of their first byte. */
interface TokenList {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Rank of the token that each one makes with the next, -1 if none. */
  readonly rank: Int32Array;
  readonly heap: NumberHeap;
}

function singleBytes(bytes: Uint8Array, ranks: Ranks): TokenList {
  const { length } = bytes;
  const list: TokenList = {
    next: new Int32Array(length),
    previous: new Int32Array(length),
    rank: new Int32Array(length).fill(none),
    // One number for each pair at first; each of the fewer than `length` merges takes one out and puts at most two in.
    heap: createNumberHeap(2 * length),
  };
  for (let at = 0; at < length; at++) {
    list.next[at] = at + 1;
    list.previous[at] = at - 1;
    if (at + 1 < length) setRank(list, at, ranks.of(bytes, at, at + 2));
  }
  return list;
}

/** Joins the token at `at` with the next one, and ranks the two pairs that this changes. */
function mergeAt(list: TokenList, at: number, bytes: Uint8Array, ranks: Ranks): void {
  const { next, previous } = list;
  const joined = next[at] as number;
  const after = next[joined] as number;
  next[at] = after;
  list.rank[joined] = none;
  if (after < bytes.length) {
    previous[after] = at;
    setRank(list, at, ranks.of(bytes, at, next[after] as number));
  } else {
    list.rank[at] = none;
  }
  const before = previous[at] as number;
  if (before !== none) setRank(list, before, ranks.of(bytes, before, after));
}

function setRank(list: TokenList, at: number, rank: number): void {
  list.rank[at] = rank;
  if (rank !== none) list.heap.push(rank * positions + at);
}
