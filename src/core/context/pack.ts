import type { ContextState } from "../session/session.ts";

/** One way in which a file can stand in a request. */
export interface Representation {
  readonly kind: Exclude<ContextState, "out">;
  /** Tokens of the whole block, markers and separator included. */
  readonly tokens: number;
}

/** A file that wants a place in a request. */
export interface Candidate {
  readonly fileId: string;
  /** Must-haves (pinned files) are placed before all others. */
  readonly mustHave: boolean;
  /** Ways to show the file, best first. Never empty. */
  readonly representations: readonly Representation[];
}

export interface Kept {
  readonly fileId: string;
  readonly representation: Representation;
}

/** A file that found no place, with what it would have needed in its smallest form and what was left then. */
export interface Misfit {
  readonly fileId: string;
  readonly needs: number;
  readonly left: number;
}

export interface Pack {
  /** In the order of the candidates. */
  readonly kept: readonly Kept[];
  readonly misfits: readonly Misfit[];
  /** Tokens that the kept files take. */
  readonly tokens: number;
}

/**
 * Fills a budget of tokens. Must-haves come first, then the others in their given order; each takes the best representation that still fits. A
 * file that does not fit is passed over, and smaller ones behind it get their chance. Never over budget; deterministic.
 */
export function pack(candidates: readonly Candidate[], budget: number): Pack {
  const placed = new Map<string, Representation>();
  const misfits: Misfit[] = [];
  let left = budget;
  for (const candidate of byPriority(candidates)) {
    const room = left;
    const fitting = candidate.representations.find(({ tokens }) => tokens <= room);
    if (fitting) {
      placed.set(candidate.fileId, fitting);
      left -= fitting.tokens;
    } else {
      misfits.push({ fileId: candidate.fileId, needs: smallest(candidate), left: room });
    }
  }
  const kept = candidates.flatMap(({ fileId }) => {
    const representation = placed.get(fileId);
    return representation ? [{ fileId, representation }] : [];
  });
  return { kept, misfits, tokens: budget - left };
}

function byPriority(candidates: readonly Candidate[]): Candidate[] {
  const { must = [], may = [] } = Object.groupBy(candidates, ({ mustHave }) =>
    mustHave ? "must" : "may",
  );
  return [...must, ...may];
}

function smallest(candidate: Candidate): number {
  return Math.min(...candidate.representations.map(({ tokens }) => tokens));
}
