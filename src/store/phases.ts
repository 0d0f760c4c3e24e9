import type { ContentId } from "../core/files/content.ts";
import type { Digest } from "../core/files/digest.ts";
import type { Finding, Phase, SavedFile } from "../core/session/phase.ts";
import type { Database } from "./database.ts";
import {
  digestColumns,
  digestOf,
  findingColumns,
  findingOf,
  phaseColumns,
  phaseOf,
  savedFileColumns,
  savedFileOf,
} from "./phase-rows.ts";
import { insertInto, jsonValuesOf } from "./sql.ts";

/** The newest digest of each of these contents that has one. */
export function digests(database: Database, contentIds: readonly ContentId[]): readonly Digest[] {
  return database.read(() => {
    const find = database.prepare(
      "select * from digests where owner = owner_id() and content_id = ? order by rowid desc limit 1",
    );
    return contentIds.flatMap((contentId) => {
      const row = find.get(contentId);
      return row ? [digestOf(row)] : [];
    });
  });
}

/** Stores digests; one of an older version gives way. */
export function saveDigests(database: Database, made: readonly Digest[]): void {
  database.write(() => {
    for (const digest of made) putDigest(database, digest);
  });
}

/** Stores a digest in the transaction of the caller. */
export function putDigest(database: Database, digest: Digest): void {
  const columns = Object.values(digestColumns);
  database
    .prepare(
      `${insertInto("digests", columns)} on conflict (owner, content_id, extractor) do update set
      ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}
      where version <= excluded.version`,
    )
    .run(...jsonValuesOf(digest, digestColumns));
}

/** The phases of a session by number. */
export function phases(database: Database, sessionId: string): readonly Phase[] {
  return database.read(() =>
    database
      .prepare("select * from phases where session_id = ? and owner = owner_id() order by number")
      .all(sessionId)
      .map(phaseOf),
  );
}

/** Stores a phase; one of the same number takes its name. */
export function savePhase(database: Database, phase: Phase): void {
  database.write(() => {
    database
      .prepare(
        `${insertInto("phases", Object.values(phaseColumns))}
        on conflict (session_id, number) do update set name = excluded.name where owner = owner_id()`,
      )
      .run(...jsonValuesOf(phase, phaseColumns));
  });
}

/** The findings of a session, oldest first. */
export function findings(database: Database, sessionId: string): readonly Finding[] {
  return database.read(() =>
    database
      .prepare(
        "select * from findings where session_id = ? and owner = owner_id() order by created_at, rowid",
      )
      .all(sessionId)
      .map(findingOf),
  );
}

/** Stores a finding, or what has changed of it. */
export function saveFinding(database: Database, finding: Finding): void {
  database.write(() => {
    database
      .prepare(
        `${insertInto("findings", Object.values(findingColumns))}
        on conflict (id) do update set title = excluded.title, text = excluded.text where owner = owner_id()`,
      )
      .run(...jsonValuesOf(finding, findingColumns));
  });
}

/** Removes a finding; one that is gone is passed over. */
export function removeFinding(database: Database, id: string): void {
  database.write(() =>
    database.prepare("delete from findings where id = ? and owner = owner_id()").run(id),
  );
}

/** Saves files for later phases; what earlier phases saved stays. */
export function saveFiles(database: Database, files: readonly SavedFile[]): void {
  database.write(() => {
    for (const file of files) putSavedFile(database, file);
  });
}

/** Saves a file for later phases in the transaction of the caller. */
export function putSavedFile(database: Database, file: SavedFile): void {
  database
    .prepare(
      `${insertInto("saved_files", Object.values(savedFileColumns))}
      on conflict (session_id, uri) do update set
        content_id = excluded.content_id, phase = excluded.phase, saved_at = excluded.saved_at
      where owner = owner_id()`,
    )
    .run(...jsonValuesOf(file, savedFileColumns));
}

/** The files that a session saved for later phases, in the order in which it saved them first. */
export function savedFiles(database: Database, sessionId: string): readonly SavedFile[] {
  return database
    .prepare("select * from saved_files where session_id = ? and owner = owner_id() order by rowid")
    .all(sessionId)
    .map(savedFileOf);
}

/** Forgets what a session saved for later phases. */
export function clearSavedFiles(database: Database, sessionId: string): void {
  database.write(() =>
    database
      .prepare("delete from saved_files where session_id = ? and owner = owner_id()")
      .run(sessionId),
  );
}
