// The multiple-choice knapsack: of each class at most one form, as much value as possible, and never more tokens than there is room for.
// Sinha and Zoltners, "The multiple-choice knapsack problem", Operations Research 27 (1979); Kellerer, Pferschy and Pisinger, "Knapsack
// Problems" (2004), chapter 11.
import {
  improve,
  valueOf,
  type Choice,
  type Form,
  type Ladder,
  type Relaxed,
} from "./knapsack-core.ts";

/** A choice is good enough if at most this part of its value could still be won. The promise is 1 %. */
const tolerance = 0.001;

/** The lowest rung of a class of which every form costs something. */
const nothing: Form = { tokens: 0, value: 0 };

/** Raises a class to a rung, from the rung of the step before it. */
interface Step {
  readonly owner: number;
  readonly rung: number;
  readonly tokens: number;
  /** Value that each of its tokens brings. */
  readonly price: number;
}

/**
 * Chooses a form of each class, or none. Steps are taken in the order of the value that each of their tokens brings: that is the best there is, but
 * for the step that no longer fits. Where it could matter what was lost with that step, a search mends the choice. Of classes that are alike, the
 * earlier gets the better form.
 */
export function chooseForms<F extends Form>(
  classes: readonly (readonly F[])[],
  room: number,
): readonly (F | undefined)[] {
  const ladders = classes.map((forms) => ladderOf(forms, room));
  const { rungs } = choose(ladders, room);
  return ladders.map((ladder, owner) => {
    const form = ladder[rungs[owner] ?? 0];
    return form === nothing ? undefined : (form as F);
  });
}

function choose(ladders: readonly Ladder[], room: number): Choice {
  const steps = ladders.flatMap(stepsOf);
  const relaxed = climb(ladders, steps, room);
  const bound = valueOf(ladders, relaxed) + relaxed.price * relaxed.left;
  const enough = bound * (1 - tolerance);
  const plain = spend(ladders, steps, relaxed);
  const best = valueOf(ladders, plain);
  const better = best < enough ? improve(ladders, relaxed, { best, enough }) : undefined;
  return better ? spend(ladders, steps, serveEarlier(ladders, better, relaxed)) : plain;
}

/** The forms that fit, lightest first and from nothing, without those that bring no more than a lighter one. */
function ladderOf(forms: readonly Form[], room: number): Ladder {
  const ladder = [nothing];
  const fitting = forms.filter(({ tokens }) => tokens <= room);
  for (const form of fitting.toSorted(lightestFirst)) {
    const top = ladder.at(-1) ?? nothing;
    if (form.value <= top.value) continue;
    if (form.tokens === top.tokens) ladder.pop();
    ladder.push(form);
  }
  return ladder;
}

function lightestFirst(one: Form, other: Form): number {
  return one.tokens - other.tokens || other.value - one.value;
}

/** The way up a ladder, past the rungs that are not worth a stop: its upper hull. The tokens of each step bring no more than those before. */
function stepsOf(ladder: Ladder, owner: number): readonly Step[] {
  const steps: Step[] = [];
  for (let rung = 1; rung < ladder.length; rung++) {
    let step = stepTo(ladder, owner, steps.at(-1)?.rung ?? 0, rung);
    while (step.price > (steps.at(-1)?.price ?? Infinity)) {
      steps.pop();
      step = stepTo(ladder, owner, steps.at(-1)?.rung ?? 0, rung);
    }
    steps.push(step);
  }
  return steps;
}

function stepTo(ladder: Ladder, owner: number, from: number, rung: number): Step {
  const low = ladder[from] ?? nothing;
  const high = ladder[rung] ?? nothing;
  const tokens = high.tokens - low.tokens;
  return { owner, rung, tokens, price: (high.value - low.value) / tokens };
}

/**
 * Takes steps, the highest price first and of equals the earliest, up to the first that does not fit: with a part of that one, it would be the best
 * of all. It is found by halves, which is faster than to sort.
 */
function climb(ladders: readonly Ladder[], steps: readonly Step[], room: number): Relaxed {
  const rungs = ladders.map(() => 0);
  let left = room;
  const take = ({ owner, rung, tokens }: Step): void => {
    rungs[owner] = rung;
    left -= tokens;
  };
  for (let rest = steps; rest.length > 0;) {
    const middle = rest[rest.length >> 1]?.price ?? 0;
    const dearer = rest.filter(({ price }) => price > middle);
    if (dearer.reduce((sum, { tokens }) => sum + tokens, 0) > left) {
      rest = dearer;
      continue;
    }
    dearer.forEach(take);
    for (const step of rest) {
      if (step.price !== middle) continue;
      if (step.tokens > left) return { rungs, left, price: middle };
      take(step);
    }
    rest = rest.filter(({ price }) => price < middle);
  }
  return { rungs, left, price: 0 };
}

/** Spends what a choice left: on steps, the highest price first, then on any form that is better and fits. */
function spend(ladders: readonly Ladder[], steps: readonly Step[], choice: Choice): Choice {
  const rungs = [...choice.rungs];
  let { left } = choice;
  const raise = (owner: number, rung: number): void => {
    const ladder = ladders[owner] ?? [];
    const now = rungs[owner] ?? 0;
    const tokens = (ladder[rung]?.tokens ?? 0) - (ladder[now]?.tokens ?? 0);
    if (rung <= now || tokens > left) return;
    rungs[owner] = rung;
    left -= tokens;
  };
  const ahead = steps.filter(
    ({ owner, rung, tokens }) => tokens <= left && rung > (rungs[owner] ?? 0),
  );
  for (const { owner, rung } of ahead.toSorted((one, other) => other.price - one.price))
    raise(owner, rung);
  for (const [owner, ladder] of ladders.entries())
    for (let rung = ladder.length - 1; rung > 0; rung--) raise(owner, rung);
  return { rungs, left };
}

/** Of classes with the same forms, hands the best of what they got to the first. Only those that a search moved can be out of order. */
function serveEarlier(ladders: readonly Ladder[], choice: Choice, before: Choice): Choice {
  const rungs = [...choice.rungs];
  const moved = new Set(
    ladders.filter((_, owner) => rungs[owner] !== before.rungs[owner]).map(topValue),
  );
  const suspects = [...ladders.keys()].filter((owner) => moved.has(topValue(ladders[owner] ?? [])));
  const alike = Map.groupBy(suspects, (owner) => JSON.stringify(ladders[owner]?.map(sizes)));
  for (const owners of alike.values()) {
    const best = owners.map((owner) => rungs[owner] ?? 0).toSorted((one, other) => other - one);
    for (const [place, owner] of owners.entries()) rungs[owner] = best[place] ?? 0;
  }
  return { rungs, left: choice.left };
}

function topValue(ladder: Ladder): number {
  return ladder.at(-1)?.value ?? 0;
}

function sizes({ tokens, value }: Form): readonly number[] {
  return [tokens, value];
}
