import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** How work elsewhere weighed on the thread that waited for it. All in milliseconds. */
export interface Watched<T> {
  readonly value: T;
  readonly wall: number;
  /** Time in which this thread's event loop was busy. */
  readonly busy: number;
  /** The longest time between two turns of the event loop; about 1 in an idle one. */
  readonly longest: number;
}

/** Runs work and watches the event loop of the calling thread meanwhile. */
export async function watchLoop<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The first sample is taken after a while, and must not fall into the work.
  await setTimeout(20);
  delay.reset();
  const before = performance.eventLoopUtilization();
  const start = performance.now();
  const value = await work();
  const wall = performance.now() - start;
  const busy = performance.eventLoopUtilization(before).active;
  // A long turn is recorded by the next one.
  await setTimeout(5);
  delay.disable();
  return { value, wall, busy, longest: delay.max / 1e6 };
}
