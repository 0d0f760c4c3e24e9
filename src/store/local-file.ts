import { closeSync, constants, fstatSync, openSync, statSync, type BigIntStats } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { ContextError, type ContextErrorCode } from "../core/errors.ts";
import { errnoOf } from "./store-errors.ts";

/** A file on this machine. */
export interface LocalFile {
  readonly path: string;
  /** The name that people know it by. */
  readonly name: string;
}

/** An open file, with what the system said of it when it was opened. */
export interface OpenFile {
  readonly descriptor: number;
  readonly stats: BigIntStats;
}

/** The file of a URI. Throws `file-not-local` for one that this machine's file system does not have. */
export function localFile(uri: string): LocalFile {
  try {
    const path = fileURLToPath(uri);
    return { path, name: basename(path) };
  } catch (error) {
    throw new ContextError(
      "file-not-local",
      `${uri} is not a file on this computer: save a copy of it to disk and add that`,
      { file: uri, cause: error },
    );
  }
}

/** Calls `use` with the open file and closes it. Only a regular file is ever opened: opening a pipe would wait, opening a device may act. */
export async function withFile<T>(
  file: LocalFile,
  use: (open: OpenFile) => T | Promise<T>,
): Promise<T> {
  requireRegular(file, statsOf(file));
  const descriptor = opened(file);
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    // The path may have led elsewhere by the time it was opened.
    requireRegular(file, stats);
    return await use({ descriptor, stats });
  } catch (error) {
    throw fileError(error, file);
  } finally {
    closeSync(descriptor);
  }
}

/** What the system says of the file at this moment; a symbolic link is followed. */
export function statsOf(file: LocalFile): BigIntStats {
  try {
    return statSync(file.path, { bigint: true });
  } catch (error) {
    throw fileError(error, file);
  }
}

/** A failure about this file, with its name as a fact. */
export function failure(
  code: ContextErrorCode,
  sentence: string,
  file: LocalFile,
  cause?: unknown,
): ContextError {
  return new ContextError(code, sentence, {
    file: file.name,
    ...(cause !== undefined && { cause }),
  });
}

function opened(file: LocalFile): number {
  // Not blocking, should a pipe have taken the file's place; Windows lacks the flags and the pipes.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
  try {
    return openSync(file.path, flags);
  } catch (error) {
    throw fileError(error, file);
  }
}

function requireRegular(file: LocalFile, stats: BigIntStats): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory() ? "a folder: add the files in it" : special;
  throw failure("file-not-regular", `${file.name} is ${kind}`, file);
}

const special = "a pipe or a device: save what comes out of it to a file and add that";

/** What the file system threw, as a sentence that names the file; any other value stays what it is. */
function fileError(error: unknown, file: LocalFile): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  if (errno === "ENOENT" || errno === "ENOTDIR") {
    const sentence = `${file.name} is not there any more: restore it, or remove it from the session`;
    return failure("file-missing", sentence, file, error);
  }
  if (errno === "ENXIO" || errno === "EISDIR") {
    return failure("file-not-regular", `${file.name} is ${special}`, file, error);
  }
  const hint =
    errno === "EACCES" || errno === "EPERM"
      ? "you may not read it: change its permissions and try again"
      : `the system reports ${errno}: try again when it can be read`;
  return failure("file-unreadable", `${file.name} cannot be read, ${hint}`, file, error);
}
