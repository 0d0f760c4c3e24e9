import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../src/store/database.ts";
import { migrations } from "../../src/store/schema.ts";
import { idOf, uploadOf } from "../store/samples.ts";

/** The tables of the first schema with their columns; a released step never changes. */
const tables = {
  sessions: "id, name, workspace, fence, created_at, next_position",
  contents: "content_id, bytes, media_type, lines, tokens",
  session_files:
    "id, session_id, uri, role, pinned, evicted, content_id, disk, context, out_reason, position, send_allowed, upload_allowed",
  provider_files:
    "id, content_id, provider, base_url, account, purpose, media_type, state, remote_name, provider_file_id, started_at, expires_at, verified_at",
};

/** Makes a store as the first released version left it, large enough that bringing it up to date takes a while. */
export function makeOldStore(folder: string, files: number): void {
  openDatabase(folder, { migrations: migrations.slice(0, 1) }).close();
  const database = new DatabaseSync(join(folder, "registry.sqlite"));
  try {
    database.exec("begin");
    const insert = inserter(database);
    for (const id of ["s0", "s1"]) insert("sessions", id, id, "file:///work", id, 1, files);
    for (let file = 0; file < files; file++) insertFile(insert, file);
    database.exec("commit");
  } finally {
    database.close();
  }
}

/** All rows of the first schema, as text: the same before and after any later step. */
export function oldRows(folder: string): string {
  const database = new DatabaseSync(join(folder, "registry.sqlite"));
  try {
    const rows = Object.entries(tables).map(([table, columns]) =>
      database.prepare(`select ${columns} from ${table} order by 1`).all(),
    );
    return JSON.stringify(rows);
  } finally {
    database.close();
  }
}

type Insert = (table: keyof typeof tables, ...values: (string | number | null)[]) => unknown;

function inserter(database: DatabaseSync): Insert {
  return (table, ...values) => {
    const places = values.map(() => "?").join(", ");
    database.prepare(`insert into ${table} (${tables[table]}) values (${places})`).run(...values);
  };
}

function insertFile(insert: Insert, file: number): void {
  const [session, contentId, uri] = [
    `s${file % 2}`,
    idOf(String(file)),
    `file:///work/${file}.txt`,
  ];
  insert("contents", contentId, file, "text/plain", 1, file % 3 === 0 ? null : file);
  const [reason, allowed] = file % 5 === 0 ? [`too long, line ${file}`, contentId] : [null, null];
  const state = ["fresh", "full", reason, file, allowed, null] as const;
  insert("session_files", `f${file}`, session, uri, "file", file % 2, 0, contentId, ...state);
  const { provider, baseUrl, account, purpose, mediaType, remoteName } = uploadOf(`u${file}`);
  const key = [contentId, provider, baseUrl, account, purpose, mediaType] as const;
  insert("provider_files", `u${file}`, ...key, "ready", remoteName, `file-${file}`, file, null, 1);
}
