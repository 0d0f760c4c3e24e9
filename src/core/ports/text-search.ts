import type { ContentId } from "../files/content.ts";

/** A text that speaks of what was searched for. */
export interface TextHit {
  readonly contentId: ContentId;
  /** Higher is better; of one search only. */
  readonly score: number;
  /** Lines that hold the words searched for, best first, at most some twenty; they count from 1. */
  readonly lines: readonly number[];
}

/** Full-text search over texts that it was given. What it knows is in memory alone. */
export interface TextSearch {
  /** Those of the contents whose texts it does not know. */
  unknown(contentIds: readonly ContentId[]): Promise<readonly ContentId[]>;
  /** Learns a text. */
  learn(contentId: ContentId, text: string, signal?: AbortSignal): Promise<void>;
  /** The texts among `contentIds` that speak of the question, best first. Words that stand in most texts count little; a question without words finds nothing. */
  search(
    question: string,
    contentIds: readonly ContentId[],
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly TextHit[]>;
}
