import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../store/temporary-folder.ts";

/** A file system of its own in a file, so that what has reached the "disk" can be told from what the system only remembers. */
export interface Image {
  /** The file: the disk. */
  readonly file: string;
  /** Where its file system is mounted. */
  readonly root: string;
}

const megabytes = 32;
const mounted = new Set<string>();

// Whatever happens, no mount is left behind; the last one out detaches the loop device.
process.once("exit", () => mounted.forEach((root) => run("umount", "--lazy", root)));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Why this machine cannot do without; undefined if it can. */
export function whyNoImages(): string | undefined {
  if (process.platform !== "linux") return "did not run: needs Linux";
  if (process.getuid?.() !== 0) return "did not run: needs root, to mount a loop device";
  try {
    unmount(newImage());
    return undefined;
  } catch (error) {
    return `did not run: no ext4 image can be mounted here: ${String(error)}`;
  }
}

/** A new, empty ext4 file system. */
export function newImage(): Image {
  const file = join(temporaryFolder(), "disk");
  writeFileSync(file, "");
  run("truncate", `--size=${megabytes}M`, file);
  // The tables are written now: a background thread that does it later would disturb the snapshots.
  run("mkfs.ext4", "-q", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", file);
  return mount(file);
}

/** What had reached the disk when this was called, mounted as after a power cut. All processes that write to the image must be halted. */
export function afterPowerCut(image: Image): Image {
  const file = join(temporaryFolder(), "copy");
  writeFileSync(file, stillBytesOf(image.file));
  return mount(file);
}

/** Detaches a file system and removes its disk. */
export function unmount({ file, root }: Image): void {
  run("umount", root);
  mounted.delete(root);
  rmSync(file);
}

// The system's own threads may write meanwhile: two equal readings are one moment, one reading may be a mixture.
function stillBytesOf(file: string): Buffer {
  for (let before = readFileSync(file); ;) {
    const after = readFileSync(file);
    if (after.equals(before)) return after;
    before = after;
  }
}

function mount(file: string): Image {
  const root = mkdtempSync(join(temporaryFolder(), "mount-"));
  run("mount", "-o", "loop", file, root);
  mounted.add(root);
  return { file, root };
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
}
