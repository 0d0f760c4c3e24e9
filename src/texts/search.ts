import type { ContentId } from "../core/files/content.ts";
import type { TextHit, TextSearch } from "../core/ports/text-search.ts";
import { createTurns, type Turns } from "../threads/turns.ts";
import { searchedLength } from "./limits.ts";
import { openLineIndex, type LineIndex, type Sqlite } from "./line-index.ts";
import { piecesOf } from "./pieces.ts";
import { rank, type RankedText } from "./rank.ts";
import { termsOf, type Term } from "./words.ts";

/** What tests put in place of the usual. */
export interface SearchOptions {
  /** Finds SQLite; undefined if this runtime has none. */
  readonly sqlite?: () => Sqlite | undefined;
  /** Characters of all texts together that are kept. */
  readonly keptLength?: number;
}

const usualKeptLength = 200_000_000;
const questionLength = 20_000;
const mostTerms = 100;
const mostLines = 20;
/** Lines that tell less than this share of the best line's are not worth being shown. */
const worthwhile = 0.25;

/** A search that works in this thread and lets messages in. Where SQLite cannot search it wants no text, and finds none. */
export function createSearch(options: SearchOptions = {}): TextSearch {
  const sqlite = (options.sqlite ?? (() => process.getBuiltinModule?.("node:sqlite")))();
  const index = sqlite && openLineIndex(sqlite);
  if (!index) return { unknown: async () => [], learn: async () => {}, search: async () => [] };
  return new Search(index, options.keptLength ?? usualKeptLength);
}

interface KnownText {
  readonly number: number;
  readonly length: number;
  /** The line of each piece. */
  readonly lines: Uint32Array;
}

class Search implements TextSearch {
  readonly #index: LineIndex;
  readonly #keptLength: number;
  readonly #turns: Turns = createTurns();
  /** The least recently asked for first. */
  readonly #known = new Map<ContentId, KnownText>();
  #length = 0;
  #lastNumber = 0;

  constructor(index: LineIndex, keptLength: number) {
    this.#index = index;
    this.#keptLength = keptLength;
  }

  unknown(contentIds: readonly ContentId[]): Promise<readonly ContentId[]> {
    return this.#turns.run(async () => {
      // What is known is about to be searched, and must not make room for what is learned for the same search.
      this.#use(contentIds);
      return [...new Set(contentIds)].filter((contentId) => !this.#known.has(contentId));
    });
  }

  learn(contentId: ContentId, text: string, signal?: AbortSignal): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#known.has(contentId)) return;
      const number = ++this.#lastNumber;
      const searched = text.slice(0, searchedLength);
      const lines = await this.#atOnce(() => this.#add(number, searched, signal));
      this.#known.set(contentId, { number, lines, length: searched.length });
      this.#length += searched.length;
      await this.#makeRoom();
    });
  }

  search(
    question: string,
    contentIds: readonly ContentId[],
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly TextHit[]> {
    return this.#turns.run(async () => {
      const texts = this.#use(contentIds);
      const terms = [...termsOf(question.slice(0, questionLength))].slice(0, mostTerms);
      const counts: ReadonlyMap<number, number>[] = [];
      for (const term of terms) {
        await this.#turns.pause(signal);
        counts.push(this.#index.count(term));
      }
      const best = rankKnown(texts, counts).slice(0, Math.max(limit, 0));
      const scores = await this.#scorePieces(best, terms, signal);
      return best.map(({ contentId, known, ranked }) => ({
        contentId,
        score: ranked.score,
        lines: bestLines(known.lines, scores.get(known.number)),
      }));
    });
  }

  /** Those of the contents that are known, each once and in this order; they are forgotten last. */
  #use(contentIds: readonly ContentId[]): ReadonlyMap<ContentId, KnownText> {
    const used = new Map<ContentId, KnownText>();
    for (const contentId of contentIds) {
      const known = this.#known.get(contentId);
      if (!known) continue;
      used.set(contentId, known);
      this.#known.delete(contentId);
      this.#known.set(contentId, known);
    }
    return used;
  }

  /** Returns the line of each piece. */
  async #add(number: number, text: string, signal?: AbortSignal): Promise<Uint32Array> {
    const lines: number[] = [];
    await this.#turns.pause(signal);
    for (const { line, words } of piecesOf(text)) {
      this.#index.add(number, lines.length, words);
      lines.push(line);
      await this.#turns.pause(signal);
    }
    return Uint32Array.from(lines);
  }

  async #makeRoom(): Promise<void> {
    for (const [contentId, { number, length, lines }] of this.#known) {
      if (this.#length <= this.#keptLength || this.#known.size === 1) return;
      this.#known.delete(contentId);
      this.#length -= length;
      await this.#atOnce(async () => {
        for (let piece = 0; piece < lines.length; piece++) {
          this.#index.remove(number, piece);
          await this.#turns.pause(undefined);
        }
      });
    }
  }

  async #atOnce<T>(work: () => Promise<T>): Promise<T> {
    this.#index.begin();
    try {
      const value = await work();
      this.#index.commit();
      return value;
    } catch (error) {
      this.#index.rollback();
      throw error;
    }
  }

  /** How much each piece of some texts tells. */
  async #scorePieces(
    texts: readonly RankedKnown[],
    terms: readonly Term[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
    const scores = new Map(texts.map(({ known }) => [known.number, new Map<number, number>()]));
    const weights = new Map(texts.map(({ known, ranked }) => [known.number, ranked.weights]));
    for (const [at, term] of terms.entries()) {
      for (const { text, piece } of this.#index.find(term, [...scores.keys()])) {
        const pieces = scores.get(text);
        pieces?.set(piece, (pieces.get(piece) ?? 0) + (weights.get(text)?.[at] ?? 0));
        await this.#turns.pause(signal);
      }
    }
    return scores;
  }
}

interface RankedKnown {
  readonly contentId: ContentId;
  readonly known: KnownText;
  readonly ranked: RankedText;
}

/** Those texts that hold a term, best first; equals in their own order. */
function rankKnown(
  texts: ReadonlyMap<ContentId, KnownText>,
  termCounts: readonly ReadonlyMap<number, number>[],
): readonly RankedKnown[] {
  const counted = [...texts.values()].map(({ number, length, lines }) => ({
    length,
    pieces: lines.length,
    counts: termCounts.map((counts) => counts.get(number) ?? 0),
  }));
  const ranked = rank(counted, termCounts.length);
  return [...texts]
    .map(([contentId, known], at) => ({ contentId, known, ranked: ranked[at] as RankedText }))
    .filter((text) => text.ranked.score > 0)
    .toSorted((one, other) => other.ranked.score - one.ranked.score);
}

/** The lines of the pieces that tell most; of equals the first. */
function bestLines(lines: Uint32Array, scores?: ReadonlyMap<number, number>): readonly number[] {
  const pieces = [...(scores ?? [])].toSorted(
    ([one, oneScore], [other, otherScore]) => otherScore - oneScore || one - other,
  );
  const least = (pieces[0]?.[1] ?? 0) * worthwhile;
  const found = new Set<number>();
  for (const [piece, score] of pieces) {
    if (score < least || found.size === mostLines) break;
    found.add(lines[piece] as number);
  }
  return [...found];
}
