import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import type { ExpiryRule } from "../../../../src/core/ports/copies.ts";
import { Model, type Step } from "./model.ts";
import { day, hour, World } from "./world.ts";

const runs = 10_000;
const files = ["a", "b", "c"] as const;
const texts = ["one", "two", "three"] as const;
const year = 365 * day;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("upload", "send", "add"),
      file: fc.constantFrom(...files),
      text: fc.constantFrom(...texts),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("delete", "drop", "pin", "unpin"),
      file: fc.constantFrom(...files),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("pass"),
      by: fc.constantFrom(hour, day, 2 * day, 2 * day, 7 * day, 7 * day),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("set-clock"),
      // A year either way, an hour as a wrong time zone or daylight saving does, and right again.
      wrongBy: fc.constantFrom(year, -year, hour, -hour, 0, 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("restart"),
      off: fc.constantFrom(0, hour, 3 * day, 20 * day),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({ do: fc.constant("sweep"), windows: fc.constantFrom([0], [1], [0, 1]) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore") }) },
);

const rules: fc.Arbitrary<Partial<ExpiryRule>> = fc.record(
  {
    countFrom: fc.constantFrom("upload", "last-use"),
    trashTime: fc.constantFrom(7 * day, 0),
    lifetime: fc.constantFrom(2 * day, 0),
  },
  { requiredKeys: [] },
);

/** Most lives are those of people who know that copies expire. */
const ownerKnows: readonly Step[] = [{ do: "tell" }, { do: "pass", by: hour }];

// Commits are synced to the disk, hundreds of thousands of them: where there is a file system in memory, they go there.
const world = new World(existsSync("/dev/shm") ? "/dev/shm" : undefined);

test(
  `nothing expires early, is left empty or lives for ever in ${runs} lives with clocks that are set wrong`,
  { timeout: 280_000 },
  async (t) => {
    const seen = { expired: 0, deleted: 0 };
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.constantFrom([], ownerKnows, ownerKnows),
        fc.array(step, { maxLength: 16, size: "max" }),
        async (rule, opening, steps) => {
          world.clear();
          const model = new Model(world, rule);
          for (const each of [...opening, ...steps]) await model.take(each);
          if (model.expired > 0) seen.expired++;
          if (model.deleted > 0) seen.deleted++;
          await model.endOfAllTime();
        },
      ),
      { numRuns: runs },
    );
    // A life in which nothing ends proves little.
    assert.ok(seen.expired > runs / 20 && seen.deleted > runs / 50, JSON.stringify(seen));
    t.diagnostic(
      `before its end, ${seen.expired} lives saw copies expire, ${seen.deleted} saw them deleted`,
    );
  },
);

test("the model notices a sweep that forgets the deadline", async () => {
  await assert.rejects(async () => {
    world.clear();
    const model = new Model(world, {}, { lifetime: hour });
    await model.take({ do: "upload", file: "a", text: "one" });
    for (const by of [hour, hour, hour]) {
      await model.take({ do: "pass", by });
      await model.take({ do: "sweep", windows: [0] });
    }
  }, /before its time/u);
});

test("the model notices a sweep that leaves a session file without its bytes", async () => {
  await assert.rejects(async () => {
    world.clear();
    const model = new Model(world, { trashTime: 0 });
    await model.take({ do: "upload", file: "a", text: "one" });
    await model.take({ do: "delete", file: "a" });
    // A store that trusts the last look at the disk.
    Object.assign(world.contents, { inspect: () => Promise.resolve(undefined) });
    for (const by of [2 * day, hour, hour]) {
      await model.take({ do: "pass", by });
      await model.take({ do: "sweep", windows: [0] });
    }
  }, /left empty/u);
});
