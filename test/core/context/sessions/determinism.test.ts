import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { live, type Witness } from "./live.ts";
import { MemoryParts } from "./memory-parts.ts";
import { sessionsOf, type RandomSession } from "./random-session.ts";
import { World } from "./world.ts";

const fence = "240817350961228364907151438602759184663";
const runs = process.env["SATCHEL_TORTURE"] === "1" ? 20_000 : 500;

interface Circumstances {
  readonly scrambled: boolean;
  readonly now: number;
}

/** Everything that would be sent, and what the ledger says of it, but for random ids and the time. */
async function lived(
  session: RandomSession,
  { scrambled, now }: Circumstances,
): Promise<unknown[]> {
  const places = new Map<string, number>();
  const told: unknown[] = [];
  const witness: Witness = {
    async sees({ prepared }) {
      const { request, messages, tokens, kept, omitted, droppedTurns } = prepared;
      const { id, parentId = "", createdAt, ...facts } = request;
      places.set(id, places.size);
      const account = { tokens, droppedTurns, kept: kept.map(({ path, kind }) => [path, kind]) };
      const left = omitted.map(({ path, reason }) => [path, reason.kind]);
      const when = createdAt - now;
      told.push({ messages, facts, parent: places.get(parentId), when, account, left });
    },
    hears: () => {},
  };
  await live(new World(session, new MemoryParts({ fence, scrambled }), now), witness);
  return told;
}

test("the same session gives the same bytes, at any time and in whatever order parts answer", async () => {
  const property = fc.asyncProperty(sessionsOf(12), async (session) => {
    const once = await lived(session, { scrambled: false, now: Date.UTC(2026, 6, 1) });
    const again = await lived(session, { scrambled: true, now: Date.UTC(2031, 1, 3) });
    assert.equal(JSON.stringify(again), JSON.stringify(once));
  });
  await fc.assert(property, { numRuns: runs, interruptAfterTimeLimit: 60_000 });
});
