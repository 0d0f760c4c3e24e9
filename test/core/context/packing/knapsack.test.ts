import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { chooseForms } from "../../../../src/core/context/packing/knapsack.ts";
import type { Form } from "../../../../src/core/context/packing/knapsack-core.ts";
import { randomNumbers } from "../../../crash/mutations.ts";
import { bestValue } from "./exact-packing.ts";

/** Draws a whole number between two, both included. */
type Draw = (least: number, most: number) => number;
type Family = (draw: Draw, room: number) => readonly Form[];

const promise = 0.99;
const perFamily = 70;
const maxClasses = 200;

/** What a file's forms may look like. A class is drawn by each call. */
const families: Readonly<Record<string, Family>> = {
  "value and tokens unrelated": (draw) =>
    some(draw, () => ({ tokens: draw(1, 3000), value: draw(0, 1e6) / 1e4 })),
  "every token worth the same": (draw) =>
    some(draw, () => {
      const tokens = draw(1, 3000);
      return { tokens, value: tokens };
    }),
  "value in step with tokens": (draw) =>
    some(draw, () => {
      const tokens = draw(1, 3000);
      return { tokens, value: tokens + 300 };
    }),
  "value short of tokens": (draw) =>
    some(draw, () => {
      const value = draw(0, 3000);
      return { tokens: value + 300, value };
    }),
  "few large files": (draw, room) => {
    const tokens = draw(room * 0.2, room * 0.7);
    const value = draw(tokens * 500, tokens * 1500) / 1000;
    return [
      { tokens, value },
      { tokens: tokens >> 1, value: value * 0.4 },
    ];
  },
  "large files of nearly the same size": (draw, room) => {
    const tokens = draw(room * 0.09, room * 0.11);
    return [
      { tokens, value: tokens ** 2 },
      { tokens: tokens >> 3, value: tokens ** 2 * (draw(0, 100) / 10_000) },
    ];
  },
  "one or two fit": (draw, room) => {
    const tokens = draw(room * 0.3, room * 1.3) + 1;
    const value = draw(0, 1e6);
    return [
      { tokens, value },
      { tokens: (tokens >> 1) + 1, value: value * 0.3 },
    ];
  },
  "all fit": (draw, room) => {
    const tokens = draw(0, room / maxClasses);
    const value = draw(1, 100);
    return [
      { tokens, value },
      { tokens: tokens >> 2, value: value / 2 },
    ];
  },
  "all alike": () => [
    { tokens: 1001, value: 10 },
    { tokens: 100, value: 2 },
    { tokens: 30, value: 0.5 },
  ],
  "forms for nothing": (draw) => [
    { tokens: draw(0, 2000), value: draw(0, 1000) / 100 },
    { tokens: draw(0, 3), value: draw(0, 1) },
    { tokens: 0, value: draw(0, 1) / 10 },
  ],
  "steps that grow steeper": (draw, room) => {
    const tokens = draw(room * 0.02, room * 0.25);
    return [1, 0.7, 0.5, 0.3].map((part) => ({
      tokens: Math.round(tokens * part),
      value: tokens * part ** 1.5 * (1 + draw(0, 100) / 1000),
    }));
  },
  "powers of two": (draw) => {
    const tokens = 2 ** draw(0, 12);
    return [
      { tokens, value: tokens + draw(0, 100) / 100 },
      { tokens: tokens >> 1, value: tokens * 0.4 },
    ];
  },
  "even tokens only": (draw, room) => {
    const tokens = 2 * draw(room * 0.02, room * 0.06);
    return [
      { tokens, value: tokens },
      { tokens: 2 * (tokens >> 3), value: tokens >> 3 },
    ];
  },
  "a few large among many small": (draw, room) =>
    draw(1, 5) === 1
      ? [{ tokens: draw(room * 0.1, room * 0.5), value: draw(room * 0.1, room) }]
      : [{ tokens: draw(1, 200), value: draw(0, 300) }],
  "a little too large for the last to fit": (draw, room) => {
    const tokens = draw(room / 11, room / 10) + 1;
    return [1, 2, 3, 5].map((times) => ({
      tokens: tokens * times,
      value: tokens * times + draw(0, 6 * (times - 1)),
    }));
  },
  "no room": (draw) => some(draw, () => ({ tokens: draw(0, 2), value: draw(0, 9) })),
};

suite("never over the room, and at most 1 % below the best", () => {
  for (const [name, family] of Object.entries(families)) {
    test(name, () => {
      for (let seed = 1; seed <= perFamily; seed++) {
        const { classes, room } = instance(name, family, seed);
        const chosen = chooseForms(classes, room);
        const told = `seed ${seed}: ${classes.length} classes, room ${room}`;
        assert.equal(chosen.length, classes.length);
        assert.ok(chosen.every((form, index) => !form || classes[index]?.includes(form)));
        assert.ok(sum(chosen, "tokens") <= room, told);
        const value = sum(chosen, "value");
        const best = bestValue(classes, room);
        assert.ok(
          value <= best * (1 + 1e-9),
          `${told}: better than the best, so the judge is wrong`,
        );
        assert.ok(value >= best * promise, `${told}: ${value} instead of ${best}`);
      }
    });
  }
});

test("of classes that are alike, none gets a better form than an earlier one", () => {
  let chances = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const draw = drawing(seed);
    const kinds = Array.from({ length: draw(1, 6) }, () =>
      some(draw, () => ({ tokens: draw(1, 900), value: draw(1, 900) })),
    );
    const classes = Array.from(
      { length: draw(2, 40) },
      () => kinds[draw(0, kinds.length - 1)] ?? [],
    );
    const chosen = chooseForms(classes, draw(0, 6000));
    for (const kind of kinds) {
      const values = chosen.flatMap((form, index) =>
        classes[index] === kind ? [form?.value ?? 0] : [],
      );
      assert.deepEqual(
        values,
        values.toSorted((one, other) => other - one),
        `seed ${seed}`,
      );
      if (new Set(values).size > 1) chances++;
    }
  }
  assert.ok(chances > 100, "classes that are alike hardly ever got different forms");
});

test("room that is worth too little for a search is still spent, on a form that no step leads to", () => {
  const dear = [{ tokens: 90, value: 1e6 }];
  const cheap = [
    { tokens: 100, value: 100 },
    { tokens: 50, value: 10 },
  ];
  assert.deepEqual(chooseForms([dear, cheap], 140), [dear[0], cheap[1]]);
});

test("the search finds its way among 10,000 classes, of which it can look at few", () => {
  for (const name of [
    "a little too large for the last to fit",
    "large files of nearly the same size",
  ]) {
    const draw = drawing(1);
    const classes = Array.from({ length: 10_000 }, () => families[name]?.(draw, 4000) ?? []);
    const value = sum(chooseForms(classes, 4000), "value");
    const best = bestValue(classes, 4000);
    assert.ok(value >= best * promise, `${name}: ${value} instead of ${best}`);
  }
});

function instance(
  name: string,
  family: Family,
  seed: number,
): { readonly classes: readonly (readonly Form[])[]; readonly room: number } {
  const draw = drawing(seed);
  const room = name === "no room" ? 0 : Math.floor(10 ** (draw(1000, 4000) / 1000));
  return { classes: Array.from({ length: draw(1, maxClasses) }, () => family(draw, room)), room };
}

function drawing(seed: number): Draw {
  const random = randomNumbers(seed);
  return (least, most) => {
    const [low, high] = [Math.round(least), Math.round(most)];
    return low + Math.floor(random() * (high - low + 1));
  };
}

/** One to four forms, in no order. */
function some(draw: Draw, form: () => Form): readonly Form[] {
  return Array.from({ length: draw(1, 4) }, form);
}

function sum(forms: readonly (Form | undefined)[], what: keyof Form): number {
  return forms.reduce((total, form) => total + (form?.[what] ?? 0), 0);
}
