import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { newFence } from "../../../../src/core/context/text/fence.ts";
import { live } from "./live.ts";
import { MemoryParts } from "./memory-parts.ts";
import { sessionsOf, type RandomSession } from "./random-session.ts";
import { SessionOracle } from "./session-oracle.ts";
import { World } from "./world.ts";

const isTorture = process.env["SATCHEL_TORTURE"] === "1";
const sessions = isTorture ? 300_000 : 10_000;
/** Milliseconds after which no further session is begun. */
const longest = isTorture ? 3_600_000 : 200_000;
/** While one waits for a digest, others go on. */
const atOnce = 4;
/** As a failure prints it, to see that failure again: `{"seed":1,"path":"0:1"}`. */
const again = process.env["SATCHEL_SESSION"];

const epochs = ["first", "history", "window", "pays", "cold", "phase", "reset", "asked", "part"];
const ways = ["file", "diff", "applied", "gone", "digests", "stubs", "tool-result", "pointer"];

async function judged(session: RandomSession, seen: Map<string, number>): Promise<void> {
  const oracle = new SessionOracle(seen);
  await live(new World(session, new MemoryParts({ fence }), Date.UTC(2026, 6, 1)), oracle);
}

const fence = newFence();

test(
  "whatever happens in a session, each request is true, fits, and repeats what was sent before it",
  { timeout: 2 * longest },
  async (t) => {
    const seen = new Map<string, number>();
    const property = fc.asyncProperty(sessionsOf(8), (session) => judged(session, seen));
    const parameters = again === undefined ? {} : (JSON.parse(again) as { seed: number });
    const numRuns = again === undefined ? sessions / atOnce : 1;
    const runs = Array.from({ length: again === undefined ? atOnce : 1 }, () =>
      fc.assert(property, { numRuns, interruptAfterTimeLimit: longest, ...parameters }),
    );
    await Promise.all(runs);
    t.diagnostic([...seen].map(([what, count]) => `${count} ${what}`).join(", "));
    // Sessions in which nothing happens prove little.
    const never = [...epochs, ...ways].filter((what) => (seen.get(what) ?? 0) < sessions / 1_000);
    assert.ok(again !== undefined || never.length === 0, `hardly ever seen: ${never.join(", ")}`);
  },
);
