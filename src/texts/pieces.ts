import { indexedWords } from "./words.ts";

/** A line, or a part of a very long one. */
export interface Piece {
  /** Counts from 1. */
  readonly line: number;
  /** What it holds, each word once. */
  readonly words: readonly string[];
}

const longestPiece = 2000;

/** The pieces of a text that hold words. */
export function* piecesOf(text: string): Generator<Piece> {
  let line = 0;
  for (const content of text.split("\n")) {
    line++;
    let words = new Set<string>();
    let count = 0;
    for (const word of indexedWords(content)) {
      words.add(word);
      if (++count % longestPiece > 0) continue;
      yield { line, words: [...words] };
      words = new Set();
    }
    if (words.size > 0) yield { line, words: [...words] };
  }
}
