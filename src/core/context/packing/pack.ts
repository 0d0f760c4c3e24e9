import type { ContextState } from "../../session/session.ts";
import { chooseForms } from "./knapsack.ts";

/** One way in which a file can stand in a request. */
export interface Representation {
  readonly kind: Exclude<ContextState, "out">;
  /** Tokens of the whole block, markers and separator included. */
  readonly tokens: number;
  /** What the file is worth in this form. Never negative. */
  readonly value: number;
}

/** A file that wants a place in a request. */
export interface Candidate {
  readonly fileId: string;
  /** Must-haves (pinned files) are placed before all others. */
  readonly mustHave: boolean;
  /** Ways to show the file, the most valuable first. Never empty. */
  readonly representations: readonly Representation[];
}

export interface Kept {
  readonly fileId: string;
  readonly representation: Representation;
}

/** A file that found no place, with what it needs in its smallest form and what was left when all was placed. */
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
 * Fills a budget of tokens. Must-haves come first, in their order, each in the best representation that still fits. The others share what is
 * left so that they are worth the most together; of two files that are alike, the earlier is served better. Whatever still fits then is kept
 * too, even if it is worth nothing. Never over budget; deterministic.
 */
export function pack(candidates: readonly Candidate[], budget: number): Pack {
  const placed = new Map<Candidate, Representation>();
  let left = budget;
  const place = (candidate: Candidate, representation: Representation | undefined): void => {
    if (!representation) return;
    placed.set(candidate, representation);
    left -= representation.tokens;
  };
  const placeBest = (candidate: Candidate): void =>
    place(
      candidate,
      candidate.representations.find(({ tokens }) => tokens <= left),
    );

  for (const candidate of candidates) if (candidate.mustHave) placeBest(candidate);
  const others = candidates.filter(({ mustHave }) => !mustHave);
  const forms = chooseForms(
    others.map(({ representations }) => representations),
    left,
  );
  for (const [index, candidate] of others.entries()) place(candidate, forms[index]);
  for (const candidate of others) if (!placed.has(candidate)) placeBest(candidate);
  return account(candidates, placed, left);
}

function account(
  candidates: readonly Candidate[],
  placed: ReadonlyMap<Candidate, Representation>,
  left: number,
): Pack {
  const kept: Kept[] = [];
  const misfits: Misfit[] = [];
  let tokens = 0;
  for (const candidate of candidates) {
    const { fileId } = candidate;
    const representation = placed.get(candidate);
    if (representation) {
      kept.push({ fileId, representation });
      tokens += representation.tokens;
    } else {
      misfits.push({ fileId, needs: smallest(candidate), left });
    }
  }
  return { kept, misfits, tokens };
}

function smallest(candidate: Candidate): number {
  return Math.min(...candidate.representations.map(({ tokens }) => tokens));
}
