import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SessionView } from "../../src/core/session/session.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { chain, requests } from "../../src/store/requests.ts";
import { userVersion } from "../../src/store/schema.ts";
import { sessions, view } from "../../src/store/sessions.ts";
import { uploads } from "../../src/store/uploads.ts";
import {
  fileKey,
  fileState,
  requestState,
  uploadState,
  whole,
  type Effect,
  type History,
} from "./effects.ts";
import { sharedSession, workspace } from "./operations.ts";

/** What became of a store. */
export interface Findings {
  /** What was lost, half done or damaged, one sentence each; none if all promises were kept. */
  readonly troubles: readonly string[];
  /** How everything in the store stands now. */
  readonly stands: Effect;
}

/** Fails with the first of the troubles: a store that is lost has hundreds. */
export function assertNone(troubles: readonly string[]): void {
  assert.equal(
    troubles.length,
    0,
    `${troubles.length} troubles:\n${troubles.slice(0, 10).join("\n")}`,
  );
}

/** Compares a store, after everything that used it has died, with what its writers said. Nothing may use it meanwhile. */
export function examine(store: string, histories: readonly History[]): Findings {
  const troubles: string[] = [];
  const stands: Record<string, string> = {};
  try {
    Object.assign(stands, readStore(store, troubles), readBlobs(join(store, "blobs")));
    troubles.push(...databaseTroubles(store), ...leftovers(store));
  } catch (error) {
    troubles.push(`the store cannot be read: ${String(error)}`);
  }
  troubles.push(...differences(stands, histories));
  return { troubles, stands };
}

/** What contradicts the writers' words in how things stand. */
function differences(stands: Effect, histories: readonly History[]): readonly string[] {
  const troubles: string[] = [];
  const expected: Record<string, string> = {};
  for (const { settled } of histories) Object.assign(expected, settled);
  for (const { pending = {} } of histories) {
    const keys = Object.keys(pending);
    const stoodStill = keys.every((key) => (stands[key] ?? "") === (expected[key] ?? ""));
    if (stoodStill) continue;
    if (keys.some((key) => (stands[key] ?? "") !== pending[key])) {
      troubles.push(`half done: ${keys.join(", ")}`);
    }
    Object.assign(expected, pending);
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(stands)])) {
    const [is = "", shouldBe = ""] = [stands[key], expected[key]];
    if (is !== shouldBe) troubles.push(`lost: ${key} is "${is}" instead of "${shouldBe}"`);
  }
  return troubles;
}

function readStore(store: string, troubles: string[]): Effect {
  const database = openDatabase(store);
  try {
    const views = viewsOf(database);
    for (const { session, files } of views) {
      const positions = new Set(files.map(({ file }) => file.position));
      if (positions.size < files.length) troubles.push(`positions of ${session.id} twice`);
    }
    const own = views.filter(({ session }) => session.id !== sharedSession.id);
    return Object.fromEntries([
      ...own.map(({ session }) => [`session ${session.id}`, session.name]),
      ...views.flatMap(({ files }) =>
        files.map(({ file }) => [fileKey(file.uri), fileState(file)]),
      ),
      ...uploads(database, {}).map((upload) => [`upload ${upload.id}`, uploadState(upload)]),
      ...requests(database, sharedSession.id, -1).map(({ id }) => [
        `request ${id}`,
        requestState(chain(database, id)),
      ]),
    ]);
  } finally {
    database.close();
  }
}

function viewsOf(database: Database): readonly SessionView[] {
  return sessions(database, workspace).flatMap(({ id }) => view(database, id) ?? []);
}

function readBlobs(folder: string): Effect {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const states = names.flatMap((name) => {
    const contentId = name.replaceAll(/[\\/]/gu, "");
    if (!/^[0-9a-f]{64}$/u.test(contentId)) return [];
    const hash = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    return [[`blob ${contentId}`, hash === contentId ? whole : "damaged"]];
  });
  return Object.fromEntries(states) as Effect;
}

/** What SQLite finds wrong with a store. By a connection of its own: the check must not depend on what is checked. */
export function databaseTroubles(store: string): readonly string[] {
  const database = new DatabaseSync(join(store, "registry.sqlite"));
  try {
    const foreign = database.prepare("pragma foreign_key_check").all();
    const integrity = database.prepare("pragma integrity_check").all();
    // A power cut may leave a journal that holds nothing yet; SQLite removes it with the next change.
    database.exec(`pragma user_version = ${userVersion(database)}`);
    return [...foreign, ...integrity]
      .map((row) => JSON.stringify(row))
      .filter((row) => row !== '{"integrity_check":"ok"}');
  } finally {
    database.close();
  }
}

/** Half-written files are swept away later; anything else that is left over would stay for good. */
function leftovers(store: string): readonly string[] {
  const known = new Set(["registry.sqlite", "blobs", "sessions"]);
  const names = readdirSync(store).filter((name) => !name.startsWith("~"));
  return names.filter((name) => !known.has(name)).map((name) => `left over: ${name}`);
}

/** Removes a store that a harness made. */
export function discard(store: string): void {
  rmSync(store, { recursive: true, force: true });
}
