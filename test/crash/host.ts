import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Registry } from "../../src/core/ports/registry.ts";
import { newFile } from "../store/samples.ts";
import { sharedSession } from "./operations.ts";
import { forked } from "./process.ts";

/** How late an event loop was, in milliseconds. */
export interface Delay {
  readonly p99: number;
  readonly max: number;
}

/** What a host did, and how late its event loop was meanwhile. */
export interface HostWork {
  readonly added: number;
  readonly delay: Delay;
}

/** Uses the registry as an extension host does, one call after the other, until it is stopped. */
export function hostAtWork(registry: Registry): { stop(): Promise<HostWork> } {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  const ending = new AbortController();
  let added = 0;
  const work = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await registry.addFiles([newFile(sharedSession.id, `host-${added}.txt`)]);
      if (++added % 20 === 0) await registry.view(sharedSession.id);
      await pause(1);
    }
  };
  histogram.enable();
  const working = work();
  // A failure is told by `stop`.
  working.catch(() => undefined);
  return {
    async stop() {
      ending.abort();
      await working;
      histogram.disable();
      return { added, delay: { p99: histogram.percentile(99) / 1e6, max: histogram.max / 1e6 } };
    },
  };
}

/** A process that does nothing until it is stopped: its delay is what the machine takes from any process. */
export async function idleProcess(t: TestContext): Promise<{ stop(): Promise<Delay> }> {
  const child = forked(t, new URL("./children/idle.ts", import.meta.url), []);
  await once(child, "message");
  return {
    async stop() {
      child.send("stop");
      const [delay] = (await once(child, "message")) as [Delay];
      return delay;
    },
  };
}

/** How long a call took, and the longest time for which the event loop stood still meanwhile, in milliseconds. */
export async function stillness(
  call: () => unknown,
): Promise<{ readonly waited: number; readonly longestGap: number }> {
  const from = performance.now();
  let [last, longestGap] = [from, 0];
  const tick = (): void => {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last);
    last = now;
  };
  const ticking = setInterval(tick, 5);
  await call();
  clearInterval(ticking);
  tick();
  return { waited: last - from, longestGap };
}
