import { hostname, uptime } from "node:os";
import type { Database } from "./database.ts";

/** The clocks of a machine. */
export interface Clocks {
  /** Milliseconds since 1970, as the user's clock says: it may be set to anything at any moment. */
  readonly wall: () => number;
  /** Milliseconds since the machine started, sleep included: it cannot be set. */
  readonly uptime: () => number;
  /** Tells machines apart, since each has an uptime of its own. */
  readonly host: string;
}

/** The clocks of this machine. */
export const machineClocks: Clocks = {
  wall: () => Date.now(),
  uptime: () => Math.round(uptime() * 1000),
  host: hostname(),
};

/** While a machine was off, only its wall clock can tell for how long; it is believed up to a week. */
const longestGapMs = 7 * 24 * 3_600_000;

/**
 * The store's own time in milliseconds since 1970, by which copies expire. It goes on from where it was last recorded, as far as both the wall
 * clock and the uptime vouch for: a clock that is set wrong cannot make anything expire early, and one that is set right again loses nothing.
 */
export function storeTime(database: Database, clocks: Clocks): number {
  const row = database
    .prepareForAll("select time, wall, host, uptime from clock where id = 1")
    .get();
  if (!row) return clocks.wall();
  const sinceWall = clocks.wall() - Number(row["wall"]);
  const sinceUptime = clocks.uptime() - Number(row["uptime"]);
  const isSameBoot = row["host"] === clocks.host && sinceUptime >= 0;
  const vouched = Math.min(sinceWall, isSameBoot ? sinceUptime : longestGapMs);
  return Number(row["time"]) + Math.max(0, vouched);
}

/** Records the store's time, so that it goes on from here and never back, and returns it. To be called in a transaction that writes. */
export function recordTime(database: Database, clocks: Clocks): number {
  const time = storeTime(database, clocks);
  database
    .prepareForAll(
      "insert or replace into clock (id, time, wall, host, uptime) values (1, ?, ?, ?, ?)",
    )
    .run(time, clocks.wall(), clocks.host, clocks.uptime());
  return time;
}
