// The databases are written here by node:sqlite.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { extractSqlite } from "../../../src/digests/tables/sqlite.ts";
import { extractionOf, factsOf } from "../extraction-of.ts";
import { checkMutations } from "../mutations.ts";

function databaseOf(sql: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "sqlite-"));
  try {
    const database = new DatabaseSync(join(folder, "a"), { defensive: false });
    database.exec(sql);
    database.close();
    return readFileSync(join(folder, "a"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const people = `CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, twice AS (id * 2));
  INSERT INTO people(name) VALUES ('Ann'), ('Bo'), ('Cy');`;

test("a database is told by its tables with their columns and rows", async () => {
  const bytes = databaseOf(`PRAGMA journal_mode = WAL; ${people}
    CREATE TABLE "odd ""name"""(x); CREATE INDEX names ON people(name);
    CREATE VIEW some AS SELECT * FROM people; CREATE TRIGGER t AFTER INSERT ON people BEGIN SELECT 1; END;`);
  const digest = await extractionOf(extractSqlite, bytes, "db");
  assert.deepEqual(factsOf(digest), {
    tables: "2",
    "table people": "3 rows, 3 columns",
    'table odd "name"': "0 rows, 1 column",
    views: "1",
    indexes: "1",
    triggers: "1",
  });
  assert.deepEqual(digest?.preview[0], {
    table: "people",
    columns: ["id", "name", "twice"],
    rows: 3,
  });
  assert.match(digest?.text ?? "", /people: 3 rows: id INTEGER, name TEXT, twice/u);
});

test("of one table the columns and rows are those of the file", async () => {
  const digest = await extractionOf(extractSqlite, databaseOf(people), "sqlite");
  assert.deepEqual([digest?.columns, digest?.rows], [["id", "name", "twice"], 3]);
});

test("a view that calls itself a table is not run", async () => {
  const bytes = databaseOf(`${people} PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = 'CREATE VIEW people AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n';`);
  const start = performance.now();
  await assert.rejects(extractionOf(extractSqlite, bytes, "db"), Error);
  assert.ok(performance.now() - start < 1000);
});

test("the rows of a virtual table are not counted, and its own tables not told", async () => {
  const bytes = databaseOf("CREATE VIRTUAL TABLE words USING fts5(body);");
  const digest = await extractionOf(extractSqlite, bytes, "db");
  assert.deepEqual(factsOf(digest), {
    tables: "1",
    "table words": "rows not counted, 0 columns",
  });
});

test("an empty database has no tables; other bytes are none", async () => {
  const bytes = databaseOf(`${people} DROP TABLE people;`);
  const digest = await extractionOf(extractSqlite, bytes, "db");
  assert.equal(digest?.text, "db, SQLite, 0 tables");
  assert.equal(await extractionOf(extractSqlite, Buffer.alloc(200), "db"), undefined);
});

test("damaged databases end soon, at worst with an error", async () => {
  const bytes = databaseOf(people);
  const { told } = await checkMutations(extractSqlite, bytes, { extension: "db", count: 500 });
  assert.ok(told > 50);
});
