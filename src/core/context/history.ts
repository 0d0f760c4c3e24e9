/** A question of the user and its answer. They stay together: a model never sees one without the other. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** A turn with its tokens. */
export interface CountedTurn extends Turn {
  readonly tokens: number;
}

/**
 * The turns that a request repeats, within a budget of tokens. When all of them fit, all are kept. Otherwise the oldest are dropped down to half
 * the budget in one jump: a window that slid by one turn each time would move the prefix, and lose the prompt cache, each time.
 */
export function trimHistory(turns: readonly CountedTurn[], budget: number): readonly CountedTurn[] {
  if (sum(turns) <= budget) return turns;
  let kept = turns;
  while (kept.length > 0 && sum(kept) > budget / 2) kept = kept.slice(1);
  return kept;
}

function sum(turns: readonly CountedTurn[]): number {
  return turns.reduce((total, { tokens }) => total + tokens, 0);
}
