import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a script of `children` in a new process, and gives what it printed as JSON. Rejects if it fails. */
export async function inChild<T>(script: URL, args: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [fileURLToPath(script), ...args], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as T;
}
