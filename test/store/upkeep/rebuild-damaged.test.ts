import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { createContextWriter } from "../../../src/store/context-writer.ts";
import type { Database } from "../../../src/store/database.ts";
import { findings } from "../../../src/store/phases.ts";
import { chain, saveRequest } from "../../../src/store/requests.ts";
import { addFiles, removeFiles } from "../../../src/store/session-files.ts";
import { createSession, renameSession, view } from "../../../src/store/sessions.ts";
import { changeUpload } from "../../../src/store/uploads.ts";
import { isWindows } from "../place.ts";
import { answeredBy, requestOf } from "../sample-requests.ts";
import { idOf, newFile, sessionOf, uploadOf } from "../samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { damagePage, pagesOf, rootOf } from "./damage-pages.ts";
import { allSnapshots, deeds } from "./random-use.ts";
import { knownTo, quarantined, usedStore, withStore } from "./used-store.ts";
import { contextFaults } from "../../../src/store/upkeep/check-contexts.ts";
import { rebuildStore } from "../../../src/store/upkeep/rebuild.ts";
import { startUpload } from "./start-upload.ts";
import { keptStore } from "./kept-store.ts";

test("a store whose database is nothing but noise holds what its file contexts tell", () => {
  fc.assert(
    fc.property(deeds, (done) => {
      const folder = usedStore(done);
      const before = withStore(folder, allSnapshots);
      writeFileSync(join(folder, "registry.sqlite"), "noise".repeat(2000));
      const report = rebuildStore(folder);
      assert.ok(report.isReplaced);
      assert.ok(report.sessions.every(({ from }) => from === "file-context"));
      assert.deepEqual(withStore(folder, allSnapshots), before);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 15 },
  );
});

test("uploads come back with all that is known of their outcome", () => {
  const folder = usedStore([]);
  withStore(folder, (database) => {
    addFiles(database, [newFile("one", "a.txt", "text")]);
    const { contentId } = view(database, "one")?.files[0]?.content ?? assert.fail();
    startUpload(database, uploadOf("doubtful", { contentId, startedAt: 1000 }));
    changeUpload(database, "doubtful", { state: "failed", attempts: 3, inDoubt: true });
    changeUpload(database, "doubtful", { errorCode: "provider-unreachable", retryAt: 5000 });
    startUpload(database, uploadOf("plain", { contentId, startedAt: 2000 }));
    createContextWriter(folder, () => database).flush();
  });
  const before = knownTo(folder);
  writeFileSync(join(folder, "registry.sqlite"), "noise".repeat(2000));
  assert.deepEqual(rebuildStore(folder).unreadable, []);
  assert.deepEqual(knownTo(folder), before);
});

test("the old database goes to the quarantine as it was, with its journals", (t) => {
  const { folder } = keptStore(t);
  const file = join(folder, "registry.sqlite");
  damagePage(file, 3);
  const bytes = readFileSync(file);
  const report = rebuildStore(folder);
  assert.match(report.oldDatabase ?? "", /^quarantine\/registry-\d{4}-\d\d-\d\dT[\d-]+Z\.sqlite$/u);
  assert.deepEqual(readFileSync(join(folder, report.oldDatabase ?? "")), bytes);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("~") || name.startsWith("registry")),
    ["registry.sqlite"],
  );
  if (!isWindows) assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("what a crash left in the write-ahead log is carried over, and the log is kept", (t) => {
  const { folder } = keptStore(t);
  const crashed = crashedCopy(folder, (database) => addFiles(database, [newFile("s", "late.txt")]));
  const log = readFileSync(join(crashed, "registry.sqlite-wal"));
  const file = join(crashed, "registry.sqlite");
  // A page that only the trash's table uses.
  damagePage(file, rootOf(join(folder, "registry.sqlite"), "trash"));
  const report = rebuildStore(crashed);
  assert.ok(report.isReplaced);
  assert.deepEqual(report.lost, []);
  const moved = quarantined(crashed).find((name) => name.endsWith("-wal")) ?? assert.fail();
  assert.deepEqual(readFileSync(join(crashed, "quarantine", moved)), log);
  const names = withStore(crashed, (database) => view(database, "s"))?.files.map(
    ({ file: { uri } }) => uri,
  );
  assert.deepEqual(names?.at(-1), "file:///work/late.txt");
});

/** A copy of the store as it is when the process dies after some work. */
function crashedCopy(folder: string, work: (database: Database) => void): string {
  const copy = temporaryFolder();
  withStore(folder, (database) => {
    work(database);
    for (const name of ["registry.sqlite", "registry.sqlite-wal"]) {
      writeFileSync(join(copy, name), readFileSync(join(folder, name)));
    }
  });
  return copy;
}

test("a session that changed after its file context was written comes from the database", (t) => {
  const { folder, rows } = keptStore(t);
  rows((database) => renameSession(database, "s", "Newer"));
  const file = join(folder, "registry.sqlite");
  damagePage(file, rootOf(join(folder, "registry.sqlite"), "trash"));
  const { sessions: rebuilt } = rebuildStore(folder);
  assert.deepEqual(rebuilt, [{ id: "s", name: "Newer", files: 3, from: "database" }]);
});

test("a session whose file context is newer comes from there, and what was removed stays removed", (t) => {
  const { folder, contextOf, rows } = keptStore(t);
  const old = readFileSync(join(folder, "registry.sqlite"));
  rows((database) => {
    const [first] = view(database, "s")?.files ?? [];
    removeFiles(database, [first?.file.id ?? ""]);
    createContextWriter(folder, () => database).flush();
  });
  // As after a crash that lost the log, or a backup of an older day.
  writeFileSync(join(folder, "registry.sqlite"), old);
  const sent = answeredBy(requestOf("a"), "answer");
  withStore(folder, (database) => saveRequest(database, sent));
  const before = readFileSync(contextOf("s"), "utf8");
  const report = rebuildStore(folder);
  assert.deepEqual(report.sessions, [{ id: "s", name: "Quarter", files: 2, from: "file-context" }]);
  assert.deepEqual(report.lost, []);
  withStore(folder, (database) => {
    assert.deepEqual(chain(database, "a"), [sent], "the ledger stays");
    createContextWriter(folder, () => database).flush();
  });
  assert.equal(readFileSync(contextOf("s"), "utf8"), before, "its revision is the same");
});

/** A store of two sessions, the second one so large that one page of its files can be lost. */
function largeStore(t: TestContext): {
  folder: string;
  damage: (table: string, part: number) => void;
} {
  const { folder, rows } = keptStore(t);
  rows((database) => {
    createSession(database, sessionOf("large", { createdAt: 2 }));
    const names = Array.from({ length: 300 }, (_, index) => `${index}.txt`);
    addFiles(
      database,
      names.map((name) => newFile("large", name)),
    );
    createContextWriter(folder, () => database).flush();
  });
  const file = join(folder, "registry.sqlite");
  return {
    folder,
    damage(table, part) {
      const pages = pagesOf(file, table);
      const page = pages[Math.floor(pages.length * part)] ?? assert.fail();
      damagePage(file, page);
    },
  };
}

test("a damaged database is believed less than a file context of the same state", (t) => {
  const { folder, damage } = largeStore(t);
  damage("session_files", 0.5);
  const report = rebuildStore(folder);
  assert.deepEqual(
    report.sessions.map(({ id, files, from }) => [id, files, from]),
    [
      ["s", 3, "file-context"],
      ["large", 300, "file-context"],
    ],
  );
  assert.deepEqual(report.lost, []);
});

test("a session that can no longer be read whole is completed from its older file context", (t) => {
  const { folder, damage } = largeStore(t);
  withStore(folder, (database) => addFiles(database, [newFile("large", "late.txt")]));
  damage("session_files", 0.5);
  const { sessions, lost } = rebuildStore(folder);
  assert.deepEqual(sessions[1], { id: "large", name: "large", files: 301, from: "both" });
  assert.deepEqual(lost, []);
  // It differs from the file context, which is to be written anew.
  const { faults } = contextFaultsIn(folder);
  assert.deepEqual(
    faults.map(({ kind, names }) => [kind, names]),
    [["context-behind", ["large"]]],
  );
});

function contextFaultsIn(folder: string): ReturnType<typeof contextFaults> {
  return withStore(folder, (database) => contextFaults(folder, database));
}

test("rows that nobody wrote are not carried over", (t) => {
  const { folder, sql } = keptStore(t);
  rmSync(join(folder, "sessions"), { recursive: true });
  sql(`pragma ignore_check_constraints = on;
    insert into contents values (1, 'no id' || char(0), 1, 'x', null, null, null, null);
    insert into findings values ('f', 1, 's', 1, 'Title', 'Text', 'no JSON', 7);
    update owners set name = name;
    update session_files set disk = 'dusk' where uri = 'file:///work/b.txt'`);
  damagePage(join(folder, "registry.sqlite"), rootOf(join(folder, "registry.sqlite"), "trash"));
  const { sessions, lost } = rebuildStore(folder);
  assert.deepEqual(sessions, [{ id: "s", name: "Quarter", files: 2, from: "database" }]);
  assert.deepEqual(
    lost.map(({ files }) => files),
    [["file:///work/b.txt"]],
  );
  withStore(folder, (database) => {
    assert.deepEqual(findings(database, "s"), []);
    assert.equal(database.prepareForAll("select count(*) as n from contents").get()?.["n"], 3);
  });
});

test("what neither tells is listed as lost, and everything else is kept", (t) => {
  const { folder, damage } = largeStore(t);
  rmSync(join(folder, "sessions", "large"), { recursive: true });
  damage("session_files", 0.5);
  const known = knownUris(join(folder, "registry.sqlite"));
  const { sessions: rebuilt, lost } = rebuildStore(folder);
  const kept = rebuilt.find(({ id }) => id === "large")?.files ?? 0;
  assert.ok(kept > 200 && kept < 300, `${kept} files are kept`);
  assert.ok(kept >= known, "all that a plain reading finds");
  // Not even the names of the files on the damaged page are known.
  assert.deepEqual(lost, []);
});

/** How many files a reader finds that stops at the damage. */
function knownUris(file: string): number {
  const connection = new DatabaseSync(file, { readOnly: true });
  let count = 0;
  try {
    const all = connection.prepare("select * from session_files not indexed").iterate();
    for (const row of all) if (row["session_id"] === "large") count++;
  } catch {
    // The damage.
  }
  connection.close();
  return count;
}

test("files whose content is lost are listed by name", (t) => {
  const { folder, rows } = keptStore(t);
  rmSync(join(folder, "sessions", "s"), { recursive: true });
  rows(() => undefined);
  const connection = new DatabaseSync(join(folder, "registry.sqlite"));
  connection.exec(
    `pragma foreign_keys = off; delete from contents where content_id = '${idOf("b.txt")}'`,
  );
  connection.close();
  const report = rebuildStore(folder);
  assert.deepEqual(report.sessions, [{ id: "s", name: "Quarter", files: 2, from: "database" }]);
  assert.deepEqual(report.lost, [
    { id: "s", name: "Quarter", files: ["file:///work/b.txt"], isWhole: false },
  ]);
});
