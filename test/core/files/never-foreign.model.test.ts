import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Registry } from "../../../src/core/ports/registry.ts";
import { live, type FaultName, type Step } from "./never-foreign-life.ts";
import { day, minute, World } from "./never-foreign-world.ts";

const runs = 10_000;
const longest = 20_000;

const machine = fc.constantFrom(0, 1);
const which = fc.nat(5);
const texts = ["one", "two two", "three three three"] as const;
const text = fc.constantFrom(...texts);
const faultNames: readonly FaultName[] = ["stored", "not-stored", "aborted", "busy", "refused"];

const uploading: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("upload"),
  machine,
  name: fc.constantFrom("a.md", "b.csv", "noext"),
  text,
  faults: fc.array(fc.constantFrom(...faultNames), { maxLength: 3 }),
});
const simple: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: uploading },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove"), machine, which }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("sweep"), machine }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("save"), machine, which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("foreign"),
      name: fc.constantFrom("a.md", "report.pdf", "a.stc-0123456789ab-abcdef.md"),
      text,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("vanish"), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("lag"), hidden: fc.constantFrom(0, 0, 1, 2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("pass"),
      by: fc.constantFrom(1000, minute / 2, minute, 40 * minute, day),
    }),
  },
);
const meanwhile = fc.array(simple, { maxLength: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: simple },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reconcile"), machine, meanwhile }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("clean-up"),
      machine,
      kind: fc.constantFrom("all", "expired", "unused"),
      meanwhile,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("interrupt"),
      at: fc.constantFrom("list", "upload", "wait"),
      step: simple,
    }),
  },
);
const habits = fc.record({ tellsHash: fc.boolean(), ending: fc.constantFrom("", " (1)") });

// Commits are synced to the disk, tens of thousands of them: where there is a file system in memory, they go there.
const world = new World(existsSync("/dev/shm") ? "/dev/shm" : undefined);

async function liveWell(life: readonly Step[]): Promise<void> {
  for (const each of life) {
    await live(world, each);
    assert.deepEqual(world.troubles, []);
  }
}

test(
  `whatever happens in an account, only our own files are deleted, and no cap is passed`,
  { timeout: 10 * longest },
  async (t) => {
    const seen = { runs: 0, deleted: 0, uploaded: 0 };
    const steps = fc.array(step, { maxLength: 14, size: "max" });
    const property = fc.asyncProperty(habits, steps, async (chosen, life) => {
      world.clear(chosen);
      await liveWell(life);
      seen.runs++;
      if (world.shaky.deleted.length > 0) seen.deleted++;
      if (world.makers.size > 1) seen.uploaded++;
    });
    await fc.assert(property, { numRuns: runs, interruptAfterTimeLimit: longest });
    // A life in which nothing is deleted proves little.
    assert.ok(seen.deleted > seen.runs / 20 && seen.uploaded > seen.runs / 5, JSON.stringify(seen));
    t.diagnostic(
      `${seen.runs} lives, ${seen.uploaded} with several uploads, ${seen.deleted} with deletions`,
    );
  },
);

/** Lives with a fault in the registry of the first machine. */
async function withFault(fault: Partial<Registry>, life: readonly Step[]): Promise<void> {
  world.clear({ tellsHash: false, ending: "" });
  const { registry } = world.machine(0);
  const sound = { ...registry };
  Object.assign(registry, fault);
  try {
    await liveWell(life);
  } finally {
    Object.assign(registry, sound);
  }
}

const uploadOne = (place: number, name: string): Step => ({
  do: "upload",
  machine: place,
  name,
  text: `${name} text`,
  faults: [],
});

test("the model notices a machine that takes another one's uploads for its own", async () => {
  const life: readonly Step[] = [
    uploadOne(1, "a.md"),
    { do: "clean-up", machine: 0, kind: "all", meanwhile: [] },
  ];
  const fault = world.machine(1).registry;
  await assert.rejects(withFault(fault, life), /of another machine was deleted/u);
});

test("the model notices a registry that forgets the caps", async () => {
  const sound = { ...world.machine(0).registry };
  const none = { filesPerMinute: 0, filesPerDay: 0, bytesPerDay: 0 };
  const fault: Partial<Registry> = {
    claimUpload: (upload, bytes, rules) =>
      sound.claimUpload(upload, bytes, { ...rules, caps: none }),
  };
  const life = ["a.md", "b.md", "c.md"].map((name) => uploadOne(0, name));
  await assert.rejects(withFault(fault, life), /too many files in a minute/u);
});
