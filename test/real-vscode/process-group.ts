import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** A child process together with everything it starts. */
export interface ProcessGroup {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Ends every process of the group and resolves when none is left. */
  stop(): Promise<void>;
}

const graceMs = 2_000;
const intervalMs = 20;
const preload = join(import.meta.dirname, "end-with-parent.cjs");

/** Starts a Node script as the leader of its own process group. The group ends when this process does, however that happens. */
export function startGroup(args: readonly string[], env: NodeJS.ProcessEnv): ProcessGroup {
  const child = spawn(process.execPath, ["--require", preload, ...args], {
    env: { ...env, GROUP_OWNER: String(process.pid) },
    detached: true,
    // The end of its standard input tells the leader that this process is gone.
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stopped: Promise<void> | undefined;
  return { child, stop: () => (stopped ??= stopGroup(child.pid)) };
}

/** A group that did not start has no id, and nothing to stop. */
async function stopGroup(id: number | undefined): Promise<void> {
  if (id === undefined) return;
  signalGroup(id, "SIGTERM");
  if (await isGone(id)) return;
  signalGroup(id, "SIGKILL");
  // What is left after this is dead, and waits for the first process of the system to notice.
  await isGone(id);
}

async function isGone(id: number): Promise<boolean> {
  const deadline = Date.now() + graceMs;
  while (signalGroup(id, 0)) {
    if (Date.now() > deadline) return false;
    await delay(intervalMs);
  }
  return true;
}

/** False when no process of the group is left. */
function signalGroup(id: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-id, signal);
  } catch {
    return false;
  }
}
