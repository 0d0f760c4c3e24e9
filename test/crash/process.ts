import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { TestContext } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A process of ours that is killed, or ends by itself. */
export interface Child {
  /** All that it has written to its output. */
  readonly output: () => string;
  /** Settles when what it has written is enough. Throws if it ended before. */
  wrote(isEnough: (output: string) => boolean): Promise<void>;
  /** Settles when it has written this text. Throws if it ended before. */
  said(text: string): Promise<void>;
  /** Stops all its threads, none of them in a system call. All that it wrote before is in `output` then. Linux only. */
  halt(): Promise<void>;
  resume(): void;
  /** Kills it as a power switch would, and returns when it is gone. Throws if it ended by itself before. */
  kill(): Promise<void>;
  /** Returns when it has ended by itself. Throws if it failed. */
  ended(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** How a script is started. */
export interface StartOptions {
  /** The program, with its arguments, that is to start it. */
  readonly by?: readonly string[];
  /** Where its temporary files go. */
  readonly temporary?: string;
}

/** Starts a script. It is killed at the latest when this process ends. */
export function start(script: URL, args: readonly string[], options: StartOptions = {}): Child {
  const { by = [], temporary = tmpdir() } = options;
  const [program = "", ...rest] = [...by, process.execPath, fileURLToPath(script), ...args];
  // Its input ends when this process does, however that happens.
  const child = spawn(program, rest, { stdio: "pipe", env: { ...process.env, TMPDIR: temporary } });
  running.add(child);
  const closed = once(child, "close").finally(() => running.delete(child));
  let [text, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const wrote = async (isEnough: (output: string) => boolean): Promise<void> => {
    while (!isEnough(text)) {
      await Promise.race([once(child.stdout, "data"), closed]);
      if (isGone(child) && !isEnough(text)) throw new Error(`it ended: ${errors}`);
    }
  };
  return {
    output: () => text,
    wrote,
    said: (wanted) => wrote((output) => output.includes(wanted)),
    async halt() {
      child.kill("SIGSTOP");
      while (!isHalted(child.pid)) await setTimeout(1);
      // A turn of the event loop reads what lies in the pipe.
      await setTimeout(5);
      await setImmediate();
    },
    resume: () => void child.kill("SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await closed;
      if (child.signalCode === "SIGKILL") return;
      throw new Error(`it ended by itself, with code ${child.exitCode}: ${errors}`);
    },
    async ended() {
      await closed;
      if (child.exitCode !== 0) throw new Error(`it ended with code ${child.exitCode}: ${errors}`);
    },
  };
}

/** Starts a script that exchanges messages with this process. It is killed at the latest when the test ends. */
export function forked(t: TestContext, script: URL, args: readonly string[]): ChildProcess {
  const child = fork(script, args, { execArgv: [] });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the state follows the name, which stands in brackets.
function isHalted(pid: number | undefined): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every((task) => {
    const stat = readFileSync(`${tasks}/${task}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")")).startsWith(") T");
  });
}
