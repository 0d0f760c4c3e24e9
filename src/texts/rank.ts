/** A text of which some pieces hold terms. */
export interface RankedText {
  readonly score: number;
  /** What a term tells of a piece of this text, in the order of the terms. */
  readonly weights: readonly number[];
}

/** What is known of one text before it is ranked. */
export interface CountedText {
  readonly length: number;
  readonly pieces: number;
  /** How many of its pieces hold each term. */
  readonly counts: readonly number[];
}

// The usual constants of BM25.
const saturation = 1.2;
const lengthShare = 0.75;

/** Ranks texts with BM25, where a piece counts once for each term that it holds. What stands in most of the texts tells little, whatever other texts are known. */
export function rank(texts: readonly CountedText[], terms: number): readonly RankedText[] {
  const rarities = Array.from({ length: terms }, (_, term) => rarityOf(texts, term));
  const meanLength = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  return texts.map(({ length, pieces, counts }) => {
    const lengthFactor = 1 - lengthShare + lengthShare * (length / meanLength);
    const gain = (count: number): number =>
      (count * (saturation + 1)) / (count + saturation * lengthFactor);
    return {
      score: rarities.reduce((sum, rarity, term) => sum + rarity * gain(counts[term] ?? 0), 0),
      weights: rarities.map((rarity, term) => rarity * Math.log(1 + pieces / (counts[term] || 1))),
    };
  });
}

/** Always above zero. */
function rarityOf(texts: readonly CountedText[], term: number): number {
  const holding = texts.filter(({ counts }) => (counts[term] ?? 0) > 0).length;
  return Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5));
}
