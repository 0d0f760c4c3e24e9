import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "../store/temporary-folder.ts";

// The mount is seen by this process and its children only, and goes with them. Who is not root is made so for the mount alone.
const isRoot = process.getuid?.() === 0;
const unshare = ["unshare", "--mount", ...(isRoot ? [] : ["--map-root-user"])];
const mount = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"';

/** Why this machine cannot do without; undefined if it can. */
export function whyNoSmallDisks(): string | undefined {
  if (process.platform !== "linux") return "did not run: needs Linux";
  try {
    const [command = "", ...args] = onDisk(1, temporaryFolder(), ["true"]);
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    return undefined;
  } catch (error) {
    return `did not run: no file system can be mounted in memory here: ${String(error)}`;
  }
}

/** Runs a script with the folder of a disk of its own as its first argument, and returns what it prints. */
export async function runOnSmallDisk(
  megabytes: number,
  script: URL,
  ...args: readonly string[]
): Promise<string> {
  const folder = temporaryFolder();
  const line = [process.execPath, fileURLToPath(script), folder, ...args];
  const [command = "", ...rest] = onDisk(megabytes, folder, line);
  const { stdout } = await promisify(execFile)(command, rest, { timeout: 120_000 });
  return stdout;
}

function onDisk(megabytes: number, folder: string, line: readonly string[]): readonly string[] {
  return [...unshare, "sh", "-c", mount, "sh", `${megabytes}m`, folder, ...line];
}
