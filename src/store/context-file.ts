import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileContextOf } from "../core/session/file-context.ts";
import type { SessionSnapshot } from "../core/session/snapshot.ts";
import { errnoOf } from "./store-errors.ts";

/** Where the saved file contexts lie below the store's folder. */
export const contextFolder = "sessions";

const fileName = "file_context.json";

/** What Satchel needs to make the session again, beside what other tools read. */
interface Restorable {
  readonly satchel: { readonly version: 1; readonly snapshot: SessionSnapshot };
}

/** The `file_context.json` of a session. */
export function contextFilePath(folder: string, sessionId: string): string {
  return join(folder, contextFolder, sessionId, fileName);
}

/** The text of a `file_context.json`. Its revision comes first, so that it can be read without the rest. */
export function contextFileText(snapshot: SessionSnapshot, revision: number, now: number): string {
  const restorable: Restorable = { satchel: { version: 1, snapshot } };
  return `${JSON.stringify({ revision, ...fileContextOf(snapshot, now), ...restorable }, undefined, 1)}\n`;
}

/** The revision that a `file_context.json` was written for; -1 if there is none that can be read. */
export function revisionOf(file: string): number {
  const head = Buffer.alloc(64);
  try {
    const descriptor = openSync(file, "r");
    try {
      readSync(descriptor, head, 0, head.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) !== undefined) return -1;
    throw error;
  }
  const revision = /^\{\s*"revision": (\d+),/u.exec(head.toString("latin1"))?.[1];
  return revision === undefined ? -1 : Number(revision);
}

/** The session that a `file_context.json` of ours holds; undefined for one that is damaged or was written by another tool. */
export function snapshotIn(file: string): SessionSnapshot | undefined {
  try {
    const { satchel } = JSON.parse(readFileSync(file, "utf8")) as Partial<Restorable>;
    return satchel?.version === 1 ? satchel.snapshot : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}
