import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { constants as Constants, DatabaseSync } from "node:sqlite";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { plainOf } from "./typed-value.ts";
import { counted, cut, inLines, listed } from "../words.ts";

const mark = "SQLite format 3\0";
/** A larger database would be twice in memory. */
const sizeLimit = 128 * 1024 * 1024;
const tableLimit = 200;
const shownTables = 20;
/** Rows of one table that are counted, and of all together. */
const rowLimit = 10_000_000;
const allRowsLimit = 20_000_000;
const versionsAt = 18;

/** Tables with their columns and number of rows, views and indexes of a database of SQLite; undefined if it is none, or SQLite not there. */
export async function extractSqlite(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const header = file.read(0, 100);
  if (header.length < 100 || header.toString("latin1", 0, mark.length) !== mark) return undefined;
  const type = file.extension ?? "sqlite";
  if (file.size > sizeLimit) return headerExtraction(type, header);
  const copy = openCopy(file);
  if (!copy) return undefined;
  try {
    return await extractionOf(type, copy.database, pause);
  } finally {
    copy.close();
  }
}

function headerExtraction(type: string, header: Buffer): Extraction {
  const facts = [
    { name: "pages", value: header.readUInt32BE(28).toLocaleString("en-US") },
    { name: "not opened", value: "more than 128 MB" },
  ];
  const pages = counted(header.readUInt32BE(28), "page");
  const text = `${type}, SQLite, ${pages}, not opened: more than 128 MB`;
  return { extractor: "sqlite", type, preview: [], facts, text };
}

interface Copy {
  readonly database: DatabaseSync;
  close(): void;
}

/** In memory, or in a folder of its own: no journal beside the file is looked for. */
function openCopy(file: FileBytes): Copy | undefined {
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  if (!sqlite) return undefined;
  const bytes = Buffer.from(file.bytes);
  // A database with a write-ahead log has none here: as one with a rollback journal it opens.
  bytes.fill(1, versionsAt, versionsAt + 2);
  const copy =
    "deserialize" in sqlite.DatabaseSync.prototype
      ? openInMemory(bytes, sqlite.DatabaseSync)
      : openInFolder(bytes, sqlite.DatabaseSync);
  try {
    protect(copy.database, sqlite.constants);
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}

function openInMemory(bytes: Buffer, Database: typeof DatabaseSync): Copy {
  const database = new Database(":memory:");
  try {
    (database as unknown as { deserialize(bytes: Uint8Array): void }).deserialize(bytes);
  } catch (error) {
    database.close();
    throw error;
  }
  return { database, close: () => database.close() };
}

function openInFolder(bytes: Buffer, Database: typeof DatabaseSync): Copy {
  const folder = mkdtempSync(join(tmpdir(), "digest-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(join(folder, "copy"), bytes);
    const database = new Database(join(folder, "copy"), { readOnly: true });
    return {
      database,
      close() {
        database.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Nothing that the file defines is run: no view, no trigger, and no function that is not safe. */
function protect(database: DatabaseSync, codes: typeof Constants): void {
  database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON");
  if (!("setAuthorizer" in database)) return;
  database.setAuthorizer((action, ...names) =>
    // The last name is that of the view or trigger that asks.
    names[3] !== null || action === codes.SQLITE_RECURSIVE ? codes.SQLITE_DENY : codes.SQLITE_OK,
  );
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly rootpage: number;
  readonly isVirtual: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: number | undefined;
  /** True if there are more rows than were counted. */
  readonly hasMore: boolean;
}

async function extractionOf(
  type: string,
  database: DatabaseSync,
  pause: Pause,
): Promise<Extraction> {
  const schema = readSchema(database);
  const tables = await readTables(schema, database, pause);
  const numberOf = (kind: string): number => schema.filter((row) => row.type === kind).length;
  const others = ["view", "index", "trigger"].filter((kind) => numberOf(kind) > 0);
  const count = numberOf("table");
  const main = tables[0];
  const isOne = tables.length === 1 && main !== undefined;
  const names = tables.map((table) => cut(table.name, 80));
  return {
    extractor: "sqlite",
    type,
    ...(isOne && { columns: main.columns }),
    ...(isOne && main.rows !== undefined && !main.hasMore && { rows: main.rows }),
    preview: tables.slice(0, shownTables).map(({ name, columns, rows }) => ({
      table: cut(name, 80),
      columns: columns.slice(0, 50),
      rows: plainOf(rows),
    })),
    facts: [
      { name: "tables", value: count.toLocaleString("en-US") },
      ...tables.slice(0, shownTables).map((table) => ({
        name: `table ${cut(table.name, 60)}`,
        value: `${rowsOf(table)}, ${counted(table.columns.length, "column")}`,
      })),
      ...others.map((kind) => ({ name: pluralOf(kind), value: String(numberOf(kind)) })),
    ],
    text: inLines(`${type}, SQLite, ${listed(count, "table", names)}`, [
      ...(others.length > 0
        ? [others.map((kind) => `${pluralOf(kind)}: ${numberOf(kind)}`).join("; ")]
        : []),
      ...tables.slice(0, 8).map(shownTable),
    ]),
  };
}

function pluralOf(kind: string): string {
  return kind === "index" ? "indexes" : `${kind}s`;
}

function shownTable(table: Table): string {
  const columns = table.columns.map((name, index) => `${name} ${table.types[index] ?? ""}`.trim());
  return `${cut(table.name, 40)}: ${rowsOf(table)}: ${columns.slice(0, 20).join(", ")}`;
}

function rowsOf({ rows, hasMore }: Table): string {
  if (rows === undefined) return "rows not counted";
  return `${hasMore ? "more than " : ""}${counted(rows, "row")}`;
}

/** Without what SQLite made itself, for example to keep a virtual table. */
function readSchema(database: DatabaseSync): readonly SchemaRow[] {
  const rows = database
    .prepare(
      String.raw`SELECT type, name, rootpage, substr(sql, 1, 30) AS start FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' LIMIT 10000`,
    )
    .all()
    .map(({ type, name, rootpage, start }) => ({
      type: String(type),
      name: String(name),
      rootpage: Number(rootpage),
      isVirtual: /^CREATE\s+VIRTUAL/iu.test(String(start)),
    }));
  const virtual = rows.filter(({ isVirtual }) => isVirtual).map(({ name }) => `${name}_`);
  return rows.filter(({ name }) => !virtual.slice(0, 100).some((start) => name.startsWith(start)));
}

async function readTables(
  schema: readonly SchemaRow[],
  database: DatabaseSync,
  pause: Pause,
): Promise<readonly Table[]> {
  const tables: Table[] = [];
  let left = allRowsLimit;
  for (const row of schema.filter(({ type }) => type === "table").slice(0, tableLimit)) {
    await pause();
    const table = readTable(row, database, left > 0);
    left -= table.rows ?? 0;
    tables.push(table);
  }
  return tables;
}

/** A virtual table has no pages of its own: to count its rows, or to ask for its columns, would run its module. */
function readTable(row: SchemaRow, database: DatabaseSync, isCounted: boolean): Table {
  const { name, rootpage, isVirtual } = row;
  const isReal = rootpage > 0 && !isVirtual;
  const rows = isReal && isCounted ? countRows(database, name) : undefined;
  const columns = isReal ? readColumns(database, name) : [];
  return {
    name,
    columns: columns.map((column) => cut(String(column["name"]), 80)),
    types: columns.map((column) => cut(String(column["type"]), 20)),
    rows: rows === undefined ? undefined : Math.min(rows, rowLimit),
    hasMore: rows !== undefined && rows > rowLimit,
  };
}

function countRows(database: DatabaseSync, name: string): number {
  const table = `main."${name.replaceAll('"', '""')}"`;
  const sql = `SELECT count(*) AS rows FROM (SELECT 1 FROM ${table} LIMIT ${rowLimit + 1})`;
  return Number(database.prepare(sql).get()?.["rows"] ?? 0);
}

function readColumns(database: DatabaseSync, name: string): readonly Record<string, unknown>[] {
  return database.prepare("SELECT name, type FROM pragma_table_xinfo(?) LIMIT 2000").all(name);
}
