import { execFile } from "node:child_process";
import { existsSync, globSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export const root: string = resolve(import.meta.dirname, "../..");

const sources = ["src/**/*.ts", "esbuild.config.mjs", "package.json", "package-lock.json"];

let built: Promise<string> | undefined;

/**
 * The folder whose `dist` holds the extension as its sources are now: the project's own if that was built after their last change,
 * else a copy that is built for this run. `dist` of the project is never touched, for it may be in use.
 */
export function builtExtension(): Promise<string> {
  built ??= isBuilt(join(root, "dist", "extension.cjs")) ? Promise.resolve(root) : buildCopy();
  return built;
}

/** True if the file is there, and no source has changed since it was made. */
export function isBuilt(file: string): boolean {
  if (!existsSync(file)) return false;
  const made = statSync(file).mtimeMs;
  return globSync(sources, { cwd: root }).every(
    (source) => statSync(join(root, source)).mtimeMs <= made,
  );
}

async function buildCopy(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "satchel-bench-built-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["src", "esbuild.config.mjs", "package.json"]) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  const building = promisify(execFile)(process.execPath, ["esbuild.config.mjs"], { cwd: folder });
  await building.catch((error: unknown) => {
    // A bundle over its budget fails the build after it was written: how large it is, the table tells.
    if (!existsSync(join(folder, "dist", "extension.cjs"))) throw error;
  });
  return folder;
}
