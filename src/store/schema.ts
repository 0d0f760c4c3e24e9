import type { DatabaseSync } from "node:sqlite";
import { sessions } from "./migrations/001-sessions.ts";
import { owners } from "./migrations/002-owners.ts";
import { retries } from "./migrations/003-retries.ts";
import { requests } from "./migrations/004-requests.ts";
import { digestFacts } from "./migrations/005-digest-facts.ts";

/** Tells a registry from other SQLite files: "Stch". */
export const applicationId = 0x53746368;

/**
 * The steps from an empty database to the newest schema, in order. `user_version` counts the steps that a database has seen.
 * A released step never changes: a later version adds one.
 */
export const migrations: readonly string[] = [sessions, owners, retries, requests, digestFacts];

/** Runs the steps that the database has not seen. The caller holds a transaction, so all of them count or none. */
export function migrate(connection: DatabaseSync, steps: readonly string[]): void {
  const seen = userVersion(connection);
  if (seen >= steps.length) return;
  for (const step of steps.slice(seen)) connection.exec(step);
  connection.exec(`pragma application_id = ${applicationId}`);
  connection.exec(`pragma user_version = ${steps.length}`);
}

/** How many migration steps the database has seen. */
export function userVersion(connection: DatabaseSync): number {
  return Number(connection.prepare("pragma user_version").get()?.["user_version"]);
}
