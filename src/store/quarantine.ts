import { existsSync, mkdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { errnoOf } from "./store-errors.ts";

/** Where damaged files lie below the store's folder. Nothing in it is ever used, changed or deleted by Satchel. */
export function quarantineFolder(folder: string): string {
  return join(folder, "quarantine");
}

/** Moves a file of the store to its quarantine and returns its name there; undefined if the file is gone. Never replaces what lies there. */
export function moveToQuarantine(folder: string, path: string, name: string): string | undefined {
  if (!existsSync(path)) return undefined;
  mkdirSync(quarantineFolder(folder), { recursive: true, mode: 0o700 });
  const target = freePath(quarantineFolder(folder), name);
  try {
    renameSync(path, target);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  return basename(target);
}

/** `2026-11-20T08-00-00-000Z`: a time that can be part of a file name on every system. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[:.]/gu, "-");
}

function freePath(folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${number}-${name}`);
    if (!existsSync(path)) return path;
  }
}
