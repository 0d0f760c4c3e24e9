import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as sqlite from "node:sqlite";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { test } from "node:test";
import { openDatabase, type Database } from "../../../src/store/database.ts";
import { append, operations } from "../../../src/store/operations.ts";
import { saveRequest } from "../../../src/store/requests.ts";
import { migrations } from "../../../src/store/schema.ts";
import { createSession, sessions, view } from "../../../src/store/sessions.ts";
import { uploads } from "../../../src/store/uploads.ts";
import { answeredBy, nextOf, requestOf } from "../sample-requests.ts";
import { contentOf, idOf, sessionOf, uploadOf } from "../samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { deeds } from "./random-use.ts";
import { startUpload } from "./start-upload.ts";
import { knownTo, quarantined, usedStore, withStore } from "./used-store.ts";
import { rebuildStore } from "../../../src/store/upkeep/rebuild.ts";
import { keptStore } from "./kept-store.ts";

test("a sound store that is rebuilt holds the same", () => {
  fc.assert(
    fc.property(deeds, (done) => {
      const folder = usedStore(done);
      const before = knownTo(folder);
      const tables = rowsOf(folder);
      const report = rebuildStore(folder);
      assert.ok(report.isReplaced);
      assert.deepEqual(report.lost, []);
      assert.deepEqual(new Set(report.sessions.map(({ from }) => from)), new Set(["database"]));
      assert.deepEqual(knownTo(folder), before);
      assert.deepEqual(rowsOf(folder), tables);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 15 },
  );
});

/** All rows of all tables. */
function rowsOf(folder: string): unknown {
  const connection = new DatabaseSync(join(folder, "registry.sqlite"), { readOnly: true });
  const tables = connection
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .all()
    .map(({ name }) => String(name));
  const rows = tables.map((table) => [table, connection.prepare(`select * from ${table}`).all()]);
  connection.close();
  return structuredClone(rows);
}

test("every table is carried over, for every owner", (t) => {
  const { folder, sql } = keptStore(t);
  const id = idOf("a.txt");
  withStore(folder, (database) => startUpload(database, uploadOf("u", { contentId: id })));
  withStore(folder, (database) => saveAll(database, "s"));
  withStore(
    folder,
    (database) => {
      createSession(database, sessionOf("e", { name: "Eve's" }));
      saveAll(database, "e");
    },
    "eve",
  );
  sql(`
    insert into trash values (1, '${idOf("b.txt")}', 'b.txt', 5, '[]');
    insert into digests values (1, '${id}', 'table', 1, 'csv', null, null, '[]', 'text', '[{"name":"pages","value":"12"}]', '[]');
    insert into phases values (1, 's', 1, 'Look', 6);
    insert into findings values ('f', 1, 's', 1, 'Title', 'Text', '[]', 7);
    insert into saved_files values (1, 's', 'file:///work/a.txt', '${id}', 1, 8);
    insert into operations (owner, id, command_id, kind, event, at, process) values (1, 'o', 'c', 'upload', 'started', 10, 'p');
    update owners set expiry_announced_at = 11 where name = 'eve';
    insert or replace into clock values (1, 12, 13, 'host', 14);
    update contents set stored_at = null where content_id = '${idOf("b.txt")}'`);
  const before = rowsOf(folder) as readonly [string, readonly unknown[]][];
  const empty = before.filter(([, rows]) => rows.length === 0).map(([table]) => table);
  assert.deepEqual(empty, [], "each table has a row");
  const report = rebuildStore(folder);
  assert.deepEqual(report.others, { kept: 1, lost: 0 });
  assert.deepEqual(rowsOf(folder), before);
});

/** Saves two requests of a session, of which the second repeats the first. */
function saveAll(database: Database, sessionId: string): void {
  const first = answeredBy(requestOf(`${sessionId}-1`, { sessionId }), "answer");
  for (const request of [first, nextOf(first, `${sessionId}-2`)]) saveRequest(database, request);
}

test("the operations log and uploads of removed files survive", (t) => {
  const { folder, rows } = keptStore(t);
  const event = { id: "o", commandId: "c", kind: "upload", event: "started", at: 1 } as const;
  rows((database) => {
    append(database, [event]);
    startUpload(database, uploadOf("u", { contentId: contentOf("gone").contentId }));
  });
  rebuildStore(folder);
  withStore(folder, (database) => {
    assert.deepEqual(operations(database, {}), [event]);
    assert.deepEqual(
      uploads(database, {}).map(({ id }) => id),
      ["u"],
    );
  });
});
test("sessions of others are not taken over, whoever rebuilds", (t) => {
  const { folder } = keptStore(t);
  const report = rebuildStore(folder, { owner: "eve" });
  assert.deepEqual(report.sessions, []);
  assert.deepEqual(report.others, { kept: 1, lost: 0 });
  assert.deepEqual(
    withStore(folder, (database) => sessions(database, "file:///work"), "eve"),
    [],
  );
  assert.equal(withStore(folder, (database) => view(database, "s"))?.files.length, 3);
});

test("a store of a newer version is not rebuilt", (t) => {
  const { folder, sql } = keptStore(t);
  sql(`pragma user_version = ${migrations.length + 1}`);
  const before = readFileSync(join(folder, "registry.sqlite"));
  assert.throws(() => rebuildStore(folder), { code: "store-newer" });
  assert.deepEqual(readFileSync(join(folder, "registry.sqlite")), before);
  assert.deepEqual(quarantined(folder), []);
});

test("a store of an older version is brought up to date first", () => {
  const folder = temporaryFolder();
  const old = openDatabase(folder, { migrations: migrations.slice(0, 1) });
  old.write(() => {
    old.prepareForAll("insert into sessions values ('s', 'S', 'file:///work', 'f', 1, 0)").run();
  });
  old.close();
  const report = rebuildStore(folder);
  assert.deepEqual(report.sessions, [{ id: "s", name: "S", files: 0, from: "database" }]);
});

test("a sound database is not given up for one that would hold less", (t) => {
  const { folder } = keptStore(t);
  rmSync(join(folder, "sessions"), { recursive: true });
  const before = knownTo(folder);
  const { ino } = statSync(join(folder, "registry.sqlite"));
  const report = rebuildStore(folder, { sqlite: () => ({ ...sqlite, DatabaseSync: Forgetful }) });
  assert.equal(report.isReplaced, false);
  assert.deepEqual(
    report.lost.map(({ id, files }) => [id, files.length]),
    [["s", 3]],
  );
  assert.equal(statSync(join(folder, "registry.sqlite")).ino, ino);
  assert.deepEqual(quarantined(folder), []);
  assert.deepEqual(knownTo(folder), before);
});

/** SQLite with a defect: rows of session files are not carried over. */
class Forgetful extends DatabaseSync {
  override prepare(sql: string): StatementSync {
    const isCarrying = sql.startsWith("insert or ignore into session_files");
    return super.prepare(
      isCarrying ? sql.replace(/values \((.*)\)$/u, "select $1 where false") : sql,
    );
  }
}
