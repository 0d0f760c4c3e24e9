import type { ContentId } from "../core/files/content.ts";
import type { ProviderFile } from "../core/files/provider-file.ts";
import type { SessionFile } from "../core/session/session.ts";
import type { SessionSnapshot } from "../core/session/snapshot.ts";
import type { Database } from "./database.ts";
import { putContent } from "./known-contents.ts";
import { digestOf } from "./phase-rows.ts";
import {
  findings,
  phases,
  putDigest,
  putSavedFile,
  savedFiles,
  saveFinding,
  savePhase,
} from "./phases.ts";
import {
  contentOf,
  providerFileColumns,
  providerFileOf,
  sessionFileColumns,
  sessionFileOf,
  sessionOf,
} from "./rows.ts";
import { insertInto, valuesOf } from "./sql.ts";
import { uploadValues } from "./uploads.ts";

/** The contents that a session names. */
const named = `
  select content_id from session_files where session_id = ?1
  union select content_id from saved_files where session_id = ?1
  union select value from findings, json_each(content_ids) where session_id = ?1`;

/** All that is known of a session at one moment; undefined if it is gone. */
export function snapshot(database: Database, sessionId: string): SessionSnapshot | undefined {
  return database.read(() => {
    const row = database
      .prepare("select * from sessions where id = ? and owner = owner_id()")
      .get(sessionId);
    if (!row) return undefined;
    const about = (table: string, order: string) =>
      database
        .prepare(
          `select * from ${table} where owner = owner_id() and content_id in (${named}) order by ${order}`,
        )
        .all(sessionId);
    return {
      session: sessionOf(row),
      files: filesOf(database, sessionId),
      contents: about("contents", "content_id").map(contentOf),
      providerFiles: about("provider_files", "started_at desc, rowid desc").map(providerFileOf),
      digests: about("digests", "content_id, rowid").map(digestOf),
      phases: phases(database, sessionId),
      findings: findings(database, sessionId),
      savedFiles: savedFiles(database, sessionId),
    };
  });
}

function filesOf(database: Database, sessionId: string): readonly SessionFile[] {
  return database
    .prepare(
      `select * from session_files where session_id = ? and owner = owner_id()
      order by position, rowid`,
    )
    .all(sessionId)
    .map(sessionFileOf);
}

/** Stores a session that was read from a file. Uploads that the registry knows already keep their rows. */
export function addSnapshot(database: Database, added: SessionSnapshot): void {
  const { session, files } = added;
  database.write(() => {
    const nextPosition = Math.max(0, ...files.map(({ position }) => position + 1));
    database
      .prepare(
        insertInto("sessions", ["id", "name", "workspace", "fence", "created_at", "next_position"]),
      )
      .run(
        session.id,
        session.name,
        session.workspace,
        session.fence,
        session.createdAt,
        nextPosition,
      );
    // What is known of a content already is better than what a file says.
    for (const content of added.contents) {
      if (!isKnown(database, "contents", content.contentId)) putContent(database, content);
    }
    const addFile = database.prepare(
      insertInto("session_files", Object.values(sessionFileColumns)),
    );
    for (const file of files) addFile.run(...valuesOf(file, sessionFileColumns));
    // They come newest first, and rows of the same time are told apart by their order.
    for (const upload of added.providerFiles.toReversed()) addUpload(database, upload);
    for (const digest of added.digests) {
      if (!isKnown(database, "digests", digest.contentId)) putDigest(database, digest);
    }
    for (const phase of added.phases) savePhase(database, phase);
    for (const finding of added.findings) saveFinding(database, finding);
    for (const file of added.savedFiles) putSavedFile(database, file);
  });
}

function isKnown(database: Database, table: "contents" | "digests", contentId: ContentId): boolean {
  const row = database
    .prepare(`select 1 from ${table} where owner = owner_id() and content_id = ?`)
    .get(contentId);
  return row !== undefined;
}

/** A row with this id, or a live one of the same key, is newer than what a file says. */
function addUpload(database: Database, upload: ProviderFile): void {
  database
    .prepare(
      `${insertInto("provider_files", Object.values(providerFileColumns))} on conflict do nothing`,
    )
    .run(...uploadValues(upload));
}
