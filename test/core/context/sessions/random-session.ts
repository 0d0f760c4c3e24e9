/** Sessions that could happen, as data: what a user, a model and a disk do, one after the other. */
import * as fc from "fast-check";
import { editKinds, type EditKind, type Size } from "./random-texts.ts";

/** A number that a list is indexed by, whatever its length. */
type Which = number;

export interface Reading {
  readonly which: Which;
  /** Undefined: all lines. */
  readonly lines?: readonly [first: number, last: number] | undefined;
  /** The file is edited just before it is read. */
  readonly edit?: EditKind | undefined;
}

/** A change that the model writes as a unified diff, and what the user makes of it. */
export interface Proposal {
  readonly which: Which;
  readonly edit: EditKind;
  readonly seed: number;
  /** Lines around a change. */
  readonly context: number;
  /** `sloppy` leaves out that a line break is missing, `twice` comes in two steps, `unfenced` ends with the answer. */
  readonly how: "plain" | "sloppy" | "twice" | "unfenced";
  readonly outcome: "exactly" | "almost" | "not";
}

export interface Ask {
  readonly do: "ask";
  readonly seed: number;
  readonly attached: readonly Which[];
  readonly named: readonly Which[];
  readonly words: number;
  readonly answerWords: number;
  readonly proposals: readonly Proposal[];
  /** Rounds in which the model reads files before it answers. */
  readonly rounds: readonly (readonly Reading[])[];
  readonly epoch?: "compact" | "reset" | undefined;
  /** The model never answers, or the user stops it. */
  readonly fails: boolean;
}

export type Step =
  | Ask
  | {
      readonly do: "edit";
      readonly which: Which;
      readonly how: EditKind | "back";
      readonly seed: number;
    }
  | { readonly do: "flag"; readonly which: Which; readonly flag: "pinned" | "base" | "evicted" }
  | { readonly do: "disk"; readonly which: Which; readonly what: "delete" | "return" | "digest" }
  | { readonly do: "add"; readonly size: Size; readonly seed: number }
  | { readonly do: "remove"; readonly which: Which }
  | {
      readonly do: "history";
      readonly what: "undo" | "fork" | "switch" | "drop" | "reword" | "lose";
      readonly which: Which;
    }
  | { readonly do: "model"; readonly which: Which }
  | { readonly do: "idle"; readonly minutes: number }
  | { readonly do: "phase" }
  | { readonly do: "finding"; readonly what: "save" | "remove"; readonly which: Which }
  | { readonly do: "forget"; readonly what: "texts" | "copies" };

export interface RandomSession {
  readonly model: Which;
  readonly files: readonly { readonly size: Size; readonly seed: number }[];
  /** The share of the window that files may take. */
  readonly share: number;
  readonly restAfterUses: number;
  readonly keepTurns: number;
  readonly newestFirst: boolean;
  readonly steps: readonly Step[];
}

/** Nothing, or, with this weight against three, something. */
function sometimes<T>(
  some: fc.Arbitrary<readonly T[]>,
  weight: number,
): fc.Arbitrary<readonly T[]> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight, arbitrary: some });
}

const seed = fc.nat(2 ** 30);
const which: fc.Arbitrary<Which> = fc.nat(99);
const sizes: readonly Size[] = ["line", "small", "small", "small", "medium", "medium", "large"];
const anySize: fc.Arbitrary<Size> = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...sizes) },
  { weight: 1, arbitrary: fc.constant<Size>("huge") },
);
const edit = fc.constantFrom(...editKinds.filter((kind) => kind !== "empty" && kind !== "huge"));
const anyEdit = fc.constantFrom(...editKinds, "line", "line", "insert", "back" as const);
const few = (most: number): fc.Arbitrary<readonly Which[]> =>
  sometimes(fc.array(which, { maxLength: most }), 2);

const proposal: fc.Arbitrary<Proposal> = fc.record({
  which,
  edit,
  seed,
  context: fc.constantFrom(0, 1, 3),
  how: fc.constantFrom("plain", "plain", "plain", "sloppy", "twice", "unfenced"),
  outcome: fc.constantFrom("exactly", "exactly", "almost", "not"),
});

const range = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 80 }));
const reading: fc.Arbitrary<Reading> = fc.record({
  which,
  lines: fc.option(range, { nil: undefined }),
  edit: fc.option(fc.constantFrom<EditKind[]>("line", "insert"), { nil: undefined, freq: 8 }),
});
const round = fc.array(reading, { minLength: 1, maxLength: 3 });
const rounds = sometimes(fc.array(round, { minLength: 1, maxLength: 3 }), 1);

const ask: fc.Arbitrary<Step> = fc.record({
  do: fc.constant<"ask">("ask"),
  seed,
  attached: few(3),
  named: few(2),
  words: fc.oneof({ weight: 20, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(1500) }),
  answerWords: fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 1, max: 60 }) },
    { weight: 2, arbitrary: fc.nat(600) },
  ),
  proposals: sometimes(fc.array(proposal, { minLength: 1, maxLength: 2 }), 2),
  rounds,
  epoch: fc.constantFrom(
    ...Array<undefined>(18).fill(undefined),
    "compact" as const,
    "reset" as const,
  ),
  fails: fc.constantFrom(...Array<boolean>(15).fill(false), true),
});

const other: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({ do: fc.constant<"edit">("edit"), which, how: anyEdit, seed }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant<"flag">("flag"),
      which,
      flag: fc.constantFrom("pinned", "base", "evicted", "evicted"),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant<"disk">("disk"),
      which,
      what: fc.constantFrom("delete", "return", "digest"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant<"add">("add"), size: anySize, seed }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant<"remove">("remove"), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant<"history">("history"),
      what: fc.constantFrom("undo", "undo", "fork", "switch", "drop", "reword", "lose"),
      which,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant<"model">("model"), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant<"idle">("idle"), minutes: fc.constantFrom(3, 90) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant<"phase">("phase") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant<"forget">("forget"),
      what: fc.constantFrom("texts", "copies"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant<"finding">("finding"),
      what: fc.constantFrom("save", "save", "remove"),
      which,
    }),
  },
);

const file = fc.record({ size: anySize, seed });
const files = fc.oneof(
  { weight: 12, arbitrary: fc.array(file, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(file, { minLength: 6, maxLength: 40, size: "max" }) },
);

/** Sessions of at most so many steps, about half of which are questions. */
export function sessionsOf(most: number): fc.Arbitrary<RandomSession> {
  const step = fc.oneof({ weight: 1, arbitrary: ask }, { weight: 1, arbitrary: other });
  return fc.record({
    model: which,
    files,
    share: fc.constantFrom(0.2, 0.4, 0.4, 0.9),
    restAfterUses: fc.constantFrom(2, 5, 30),
    keepTurns: fc.constantFrom(1, 2, 5),
    newestFirst: fc.constantFrom(false, false, false, true),
    steps: fc.array(step, { minLength: 3, maxLength: most, size: "max" }),
  });
}
