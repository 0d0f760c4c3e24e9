import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a program of the system printed, and how long it took in milliseconds, its start included. */
export interface Baseline {
  readonly output: string;
  readonly milliseconds: number;
}

const run = promisify(execFile);

/** Runs a program that ours is compared with; undefined if this machine has no such program. */
export async function baseline(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<Baseline | undefined> {
  const start = performance.now();
  try {
    const { stdout } = await run(program, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return { output: stdout, milliseconds: performance.now() - start };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
