import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { failure, type LocalFile } from "./local-file.ts";
import { errnoOf } from "./store-errors.ts";

/** Writes bytes to a place of the user's where nothing is; see the port. False if something is there. */
export function putBack(bytes: Uint8Array, file: LocalFile, within: string | undefined): boolean {
  try {
    if (within !== undefined) requireWithin(file, realpathSync(fileURLToPath(within)));
    mkdirSync(dirname(file.path), { recursive: true });
    return write(file.path, bytes);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw failure(
      "file-unwritable",
      `${file.name} cannot be written to ${dirname(file.path)}: the system reports ${errno}; check the folder and try again`,
      file,
      error,
    );
  }
}

/** Links on the way may lead anywhere: what counts is where the nearest folder that exists really lies. */
function requireWithin(file: LocalFile, root: string): void {
  const way = relative(root, nearestFolder(dirname(file.path)));
  if (way === "" || (!way.startsWith("..") && !isAbsolute(way))) return;
  throw failure(
    "file-outside",
    `${file.name} would be written outside of the workspace, so it was not: put it where you want it yourself`,
    file,
  );
}

function nearestFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    return nearestFolder(dirname(path));
  }
}

function write(path: string, bytes: Uint8Array): boolean {
  const descriptor = openNew(path);
  if (descriptor === undefined) return false;
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function openNew(path: string): number | undefined {
  try {
    return openSync(path, "wx");
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return undefined;
    throw error;
  }
}
