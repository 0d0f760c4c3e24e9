import type { Content, ContentId } from "../core/files/content.ts";
import type { ProviderFile } from "../core/files/provider-file.ts";
import type { FileView, Session, SessionPage, SessionView } from "../core/session/session.ts";
import type { Database } from "./database.ts";
import { contentOf, providerFileOf, sessionFileOf, sessionOf, type Row } from "./rows.ts";
import { insertInto } from "./sql.ts";

/** The sessions of a workspace, oldest first. */
export function sessions(database: Database, workspace: string): readonly Session[] {
  return database.read(() =>
    database
      .prepare(`select * from sessions where owner = owner_id() and workspace = ?
        order by created_at, rowid`)
      .all(workspace)
      .map(sessionOf),
  );
}

/** Stores a new session. */
export function createSession(database: Database, session: Session): void {
  database.write(() =>
    database
      .prepare(insertInto("sessions", ["id", "name", "workspace", "fence", "created_at"]))
      .run(session.id, session.name, session.workspace, session.fence, session.createdAt),
  );
}

/** Gives the session another name; a session that is gone is passed over. */
export function renameSession(database: Database, id: string, name: string): void {
  database.write(() =>
    database
      .prepare("update sessions set name = ? where id = ? and owner = owner_id() and name <> ?")
      .run(name, id, name),
  );
}

/** Removes the session with its session files and its requests. */
export function deleteSession(database: Database, id: string): void {
  database.write(() =>
    database.prepare("delete from sessions where id = ? and owner = owner_id()").run(id),
  );
}

/** A session with all that is known of its files, read at one moment; undefined if it is gone. */
export function view(database: Database, sessionId: string): SessionView | undefined {
  const all = page(database, sessionId, 0, Number.MAX_SAFE_INTEGER);
  return all && { session: all.session, files: all.files };
}

/** At most `limit` files of a session, from the one at `from`; undefined if the session is gone. */
export function page(
  database: Database,
  sessionId: string,
  from: number,
  limit: number,
): SessionPage | undefined {
  return database.read(() => {
    const session = database
      .prepare(
        `select *, (select count(*) from session_files where session_id = sessions.id) as total
        from sessions where id = ? and owner = owner_id()`,
      )
      .get(sessionId);
    if (!session) return undefined;
    // The files first, so that only theirs and not all contents are looked up.
    const rows = database
      .prepare(
        `select * from (
            select *, rowid as row_number from session_files where session_id = ? and owner = owner_id()
            order by position, rowid limit ? offset ?
          ) join contents using (owner, content_id) order by position, row_number`,
      )
      .all(sessionId, limit, from);
    const uploads = uploadsOf(database, [...new Set(rows.map((row) => String(row["content_id"])))]);
    return {
      session: sessionOf(session),
      files: viewsOf(rows, uploads),
      total: Number(session["total"]),
      ...(from === 0 && { tokens: tokensOf(database, sessionId) }),
      revision: Number(session["revision"]),
    };
  });
}

function tokensOf(database: Database, sessionId: string): number {
  const row = database
    .prepare(
      `select sum(tokens) as tokens from session_files join contents using (owner, content_id)
      where session_id = ? and owner = owner_id()`,
    )
    .get(sessionId);
  return Number(row?.["tokens"] ?? 0);
}

function uploadsOf(
  database: Database,
  contentIds: readonly ContentId[],
): ReadonlyMap<ContentId, readonly ProviderFile[]> {
  const rows = database
    .prepare(
      `select * from provider_files
      where owner = owner_id()
        and content_id in (select value from json_each(?))
      order by started_at desc, rowid desc`,
    )
    .all(JSON.stringify(contentIds));
  return Map.groupBy(rows.map(providerFileOf), (file) => file.contentId);
}

function viewsOf(
  rows: readonly Row[],
  uploads: ReadonlyMap<ContentId, readonly ProviderFile[]>,
): readonly FileView[] {
  // One object for each content: a view that crosses a thread carries it once.
  const contents = new Map<ContentId, Content>();
  const none: readonly ProviderFile[] = [];
  return rows.map((row) => {
    const file = sessionFileOf(row);
    const content = contents.get(file.contentId) ?? contentOf(row);
    contents.set(file.contentId, content);
    return { file, content, providerFiles: uploads.get(file.contentId) ?? none };
  });
}
