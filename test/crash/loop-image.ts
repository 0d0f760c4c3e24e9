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
// The tables are written at once: a background thread that does it later would disturb the snapshots.
const format = [
  "mkfs.ext4",
  "-q",
  "-b",
  "4096",
  "-E",
  "lazy_itable_init=0,lazy_journal_init=0",
] as const;

/**
 * Starts a program as the first of processes that see their mounts alone. They all die with it, even those that are halted, and then nothing holds
 * the mounts any more: no loop device is left behind, whatever happens.
 */
export const alone = ["unshare", "--mount", "--pid", "--kill-child", "--mount-proc"] as const;

/** Why this machine cannot do without; undefined if it can. */
export function whyNoImages(): string | undefined {
  if (process.platform !== "linux") return "did not run: needs Linux";
  if (process.getuid?.() !== 0) return "did not run: needs root, to mount a loop device";
  const probe = `truncate --size=${megabytes}M disk && ${format.join(" ")} disk && mkdir root && mount -o loop disk root`;
  try {
    execFileSync(alone[0], [...alone.slice(1), "sh", "-c", probe], {
      cwd: temporaryFolder(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    return undefined;
  } catch (error) {
    return `did not run: no ext4 image can be mounted here: ${String(error)}`;
  }
}

/** A new, empty ext4 file system. To be used `alone`. */
export function newImage(): Image {
  const file = join(temporaryFolder(), "disk");
  writeFileSync(file, "");
  run("truncate", `--size=${megabytes}M`, file);
  run(...format, file);
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
  return { file, root };
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
}
