import { randomUUID } from "node:crypto";
import type { NewSessionFile, SessionFileChange } from "../core/ports/registry.ts";
import type { SessionFile } from "../core/session/session.ts";
import { putContent } from "./known-contents.ts";
import type { Database } from "./database.ts";
import { sessionFileColumns, sessionFileOf } from "./rows.ts";
import { insertInto, updateRow, valuesOf } from "./sql.ts";
import { sessionMissing } from "./store-errors.ts";

const columnNames = Object.values(sessionFileColumns);

const addOrRenew = `${insertInto("session_files", columnNames)}
  on conflict (session_id, uri) do update set
    content_id = excluded.content_id,
    disk = 'fresh',
    send_allowed = coalesce(excluded.send_allowed, send_allowed)
  returning *`;

const putBack = `${insertInto("session_files", columnNames)}
  on conflict (id) do update set ${columnNames.map((name) => `${name} = excluded.${name}`).join(", ")}
  where owner = owner_id()`;

/** Adds files, or renews the content of those that their session holds; see the port. */
export function addFiles(
  database: Database,
  files: readonly NewSessionFile[],
): readonly SessionFile[] {
  return database.write(() => {
    const positions = new Map<string, number>();
    const rows = new Map<string, SessionFile>();
    const order = files.map((file) => {
      putContent(database, file.content);
      const position = positions.get(file.sessionId) ?? nextPosition(database, file.sessionId);
      const row = addFile(database, file, position);
      positions.set(file.sessionId, Math.max(position, row.position + 1));
      rows.set(row.id, row);
      return row.id;
    });
    for (const [sessionId, position] of positions) keepPosition(database, sessionId, position);
    return order.flatMap((id) => rows.get(id) ?? []);
  });
}

/** Applies each change to its row; a row that is gone is passed over. */
export function changeFiles(
  database: Database,
  changes: readonly { id: string; change: SessionFileChange }[],
): void {
  const { id: _, sessionId: __, uri: ___, position: ____, ...columns } = sessionFileColumns;
  database.write(() => {
    for (const { id, change } of changes) {
      updateRow(database, { table: "session_files", id, columns }, change);
    }
  });
}

/** Removes rows; one that is gone is passed over. */
export function removeFiles(database: Database, ids: readonly string[]): void {
  database.write(() => {
    const remove = database.prepare(
      "delete from session_files where id = ? and owner = owner_id()",
    );
    for (const id of ids) remove.run(id);
  });
}

/** Puts rows back as they were; a row that took the place of one in the meantime gives way. */
export function restoreFiles(database: Database, files: readonly SessionFile[]): void {
  database.write(() => {
    const giveWay = database.prepare(
      "delete from session_files where session_id = ? and uri = ? and id <> ? and owner = owner_id()",
    );
    for (const file of files) {
      nextPosition(database, file.sessionId);
      giveWay.run(file.sessionId, file.uri, file.id);
      database.prepare(putBack).run(...valuesOf(file, sessionFileColumns));
      keepPosition(database, file.sessionId, file.position + 1);
    }
  });
}

function addFile(database: Database, file: NewSessionFile, position: number): SessionFile {
  const fresh: SessionFile = {
    id: randomUUID(),
    sessionId: file.sessionId,
    uri: file.uri,
    role: "file",
    pinned: false,
    evicted: false,
    contentId: file.content.contentId,
    disk: "fresh",
    context: "out",
    position,
    sendAllowed: file.sendAllowed,
  };
  const values = valuesOf<SessionFile>(fresh, sessionFileColumns);
  const row = database.prepare(addOrRenew).get(...values);
  return row ? sessionFileOf(row) : fresh;
}

function nextPosition(database: Database, sessionId: string): number {
  const row = database
    .prepare("select next_position from sessions where id = ? and owner = owner_id()")
    .get(sessionId);
  if (row) return Number(row["next_position"]);
  throw sessionMissing();
}

function keepPosition(database: Database, sessionId: string, position: number): void {
  database
    .prepare(
      "update sessions set next_position = ? where id = ? and owner = owner_id() and next_position < ?",
    )
    .run(position, sessionId, position);
}
