import type { ContentId } from "../core/files/content.ts";
import type { TextHit } from "../core/ports/text-search.ts";
import { serve } from "../threads/serve.ts";
import { createTurns } from "../threads/turns.ts";
import { difference } from "./difference.ts";
import { createSearch } from "./search.ts";

interface Search {
  readonly question: string;
  readonly contentIds: readonly ContentId[];
  readonly limit: number;
}

const texts = createSearch();
// Of their own: a comparison does not wait until a long text is learned.
const comparisons = createTurns();

serve({
  unknown: (contentIds: readonly ContentId[]) => texts.unknown(contentIds),
  learn: (contentId: ContentId, text: string, signal: AbortSignal) =>
    texts.learn(contentId, text, signal),
  search: ({ question, contentIds, limit }: Search, signal: AbortSignal) =>
    texts.search(question, contentIds, limit, signal) satisfies Promise<readonly TextHit[]>,
  diff: (before: string, after: string, signal: AbortSignal) =>
    comparisons.run(async () => {
      await comparisons.pause(signal);
      return difference(before, after);
    }),
});
