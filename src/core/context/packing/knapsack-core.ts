// The exact part of the knapsack: dynamic programming over undominated states, as in Pisinger, "A minimal algorithm for the multiple-choice
// knapsack problem", European Journal of Operational Research 83 (1995). Only classes that can matter are looked at, nearest to the last step
// that fitted first, and a state is dropped once no way to complete it can beat the best choice so far.
import { States, type Made, type Move } from "./knapsack-states.ts";

/** One way to take a class. */
export interface Form {
  readonly tokens: number;
  readonly value: number;
}

/** The forms of a class, lightest first, each worth more than those below it. The lowest costs nothing. */
export type Ladder = readonly Form[];

/** The rung on which each class stands, and the room that is left. */
export interface Choice {
  readonly rungs: readonly number[];
  readonly left: number;
}

/** The choice before the first step that did not fit. */
export interface Relaxed extends Choice {
  /** Value that each token of that step brings: no better use of the room that is left exists. 0 if all steps fitted. */
  readonly price: number;
}

/** States that are looked at in all, so that no instance takes long. */
const maxWork = 1_200_000;

/** Looks for a choice that is worth more than the best so far, until it is worth enough. Undefined if there is none to be found. */
export function improve(
  ladders: readonly Ladder[],
  relaxed: Relaxed,
  { best, enough }: { readonly best: number; readonly enough: number },
): Choice | undefined {
  const base = valueOf(ladders, relaxed);
  const states = new States({ ...relaxed, best: best - base, enough: enough - base });
  const groups = core(ladders, relaxed, states.slack);
  const savings = savingsBehind(groups);
  for (const [place, moves] of groups.entries()) {
    states.expand(moves, savings[place] ?? 0);
    if (states.slack <= 0 || states.work > maxWork) break;
  }
  return states.found && applied(relaxed, states.found);
}

/** The moves that can be part of a better choice, by class: the class whose move lowers the bound by the least first. */
function core(
  ladders: readonly Ladder[],
  { rungs, price }: Relaxed,
  slack: number,
): readonly (readonly Move[])[] {
  const groups: { readonly moves: Move[]; readonly loss: number }[] = [];
  for (const [owner, ladder] of ladders.entries()) {
    const now = ladder[rungs[owner] ?? 0];
    if (!now) continue;
    const moves: Move[] = [];
    let least = Infinity;
    for (const [rung, form] of ladder.entries()) {
      const tokens = form.tokens - now.tokens;
      const value = form.value - now.value;
      const loss = price * tokens - value;
      if (form === now || loss >= slack) continue;
      moves.push({ owner, rung, tokens, value });
      least = Math.min(least, loss);
    }
    if (moves.length > 0) groups.push({ moves, loss: least });
  }
  return groups.toSorted((one, other) => one.loss - other.loss).map(({ moves }) => moves);
}

/** For each group, the most tokens that moves of later groups can free. */
function savingsBehind(groups: readonly (readonly Move[])[]): readonly number[] {
  const savings = groups.map((moves) => Math.max(0, ...moves.map(({ tokens }) => -tokens)));
  let behind = savings.reduce((sum, saving) => sum + saving, 0);
  return savings.map((saving) => (behind -= saving));
}

export function valueOf(ladders: readonly Ladder[], { rungs }: Choice): number {
  return ladders.reduce((sum, ladder, owner) => sum + (ladder[rungs[owner] ?? 0]?.value ?? 0), 0);
}

function applied(relaxed: Relaxed, found: Made): Choice {
  const rungs = [...relaxed.rungs];
  let { left } = relaxed;
  for (let made: Made | undefined = found; made; made = made.before) {
    rungs[made.move.owner] = made.move.rung;
    left -= made.move.tokens;
  }
  return { rungs, left };
}
