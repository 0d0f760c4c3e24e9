import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { openDatabase, type Database, type DatabaseOptions } from "../../src/store/database.ts";
import { content, putContent, saveContents } from "../../src/store/known-contents.ts";
import { migrations } from "../../src/store/schema.ts";
import { addFiles } from "../../src/store/session-files.ts";
import { createSession, view } from "../../src/store/sessions.ts";
import { contentOf, idOf, newFile, sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const isWindows = process.platform === "win32";
const affected: DatabaseOptions = { sqliteVersion: "3.51.2" };

function open(t: TestContext, folder: string, options?: DatabaseOptions): Database {
  const database = openDatabase(folder, options);
  t.after(() => {
    try {
      database.close();
    } catch {
      // Closed by the test.
    }
  });
  return database;
}

function pragma(database: Database, name: string): unknown {
  return database.prepareForAll(`pragma ${name}`).get()?.[name];
}

/** A closed database that holds a session of 200 files. */
function filled(folder: string): string {
  const database = openDatabase(folder);
  createSession(database, sessionOf("s"));
  addFiles(
    database,
    Array.from({ length: 200 }, (_, index) => newFile("s", `${index}.txt`)),
  );
  database.close();
  return join(folder, "registry.sqlite");
}

function everyFile(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "hex")]),
  );
}

test("a new database is durable, keeps its references, and belongs to its owner", (t) => {
  const folder = join(temporaryFolder(), "deep", "store");
  const database = open(t, folder);
  createSession(database, sessionOf("s"));
  assert.equal(pragma(database, "journal_mode"), "wal");
  assert.equal(pragma(database, "synchronous"), 2);
  assert.equal(pragma(database, "foreign_keys"), 1);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("~")),
    [],
  );
  if (isWindows) return;
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  }
});

test("an SQLite with the WAL-reset bug works without a write-ahead log, durably", (t) => {
  const database = open(t, temporaryFolder(), affected);
  assert.equal(pragma(database, "journal_mode"), "delete");
  assert.equal(pragma(database, "synchronous"), 3);
  saveContents(database, [contentOf("a")]);
  assert.deepEqual(content(database, idOf("a")), contentOf("a"));
});

test("an affected SQLite takes an idle store out of its write-ahead log, and it stays out", (t) => {
  const folder = temporaryFolder();
  filled(folder);
  open(t, folder, affected).close();
  const database = open(t, folder);
  assert.equal(pragma(database, "journal_mode"), "delete");
  assert.equal(pragma(database, "synchronous"), 3);
  assert.equal(view(database, "s")?.files.length, 200);
});

test(
  "an affected SQLite stays away from a write-ahead log that is in use",
  { timeout: 60_000 },
  (t) => {
    const folder = temporaryFolder();
    const database = open(t, folder);
    saveContents(database, [contentOf("a")]);
    assert.throws(() => openDatabase(folder, affected), {
      code: "store-unavailable",
      message: /newer VS Code/u,
    });
    assert.equal(pragma(database, "journal_mode"), "wal");
  },
);

test("a runtime without SQLite is told what to do", () => {
  const folder = join(temporaryFolder(), "store");
  assert.throws(() => openDatabase(folder, { sqlite: () => undefined }), {
    code: "store-unavailable",
    message: /no built-in SQLite.*registry\.sqlite.*update VS Code/u,
  });
  assert.ok(!existsSync(folder));
});

test("a database of a newer version is refused without a byte written", () => {
  const folder = temporaryFolder();
  const later = [...migrations, "create table later (id text) strict"];
  openDatabase(folder, { migrations: later }).close();
  const before = everyFile(folder);
  const refused = { code: "store-newer", message: /registry\.sqlite.*update the extension/u };
  assert.throws(() => openDatabase(folder), refused);
  assert.deepEqual(everyFile(folder), before);
});

test("a newer version that stands only in the write-ahead log is refused as well", (t) => {
  const folder = temporaryFolder();
  filled(folder);
  const other = new DatabaseSync(join(folder, "registry.sqlite"));
  t.after(() => other.close());
  other.exec("pragma user_version = 99");
  assert.equal(readFileSync(join(folder, "registry.sqlite")).readUInt32BE(60), migrations.length);
  assert.throws(() => openDatabase(folder), { code: "store-newer" });
});

test("an older database is brought up to date with its rows", (t) => {
  const folder = temporaryFolder();
  filled(folder);
  const step = "alter table sessions add column colour text; update sessions set colour = 'red'";
  const database = open(t, folder, { migrations: [...migrations, step] });
  assert.equal(pragma(database, "user_version"), migrations.length + 1);
  assert.equal(database.prepareForAll("select colour from sessions").get()?.["colour"], "red");
  assert.equal(view(database, "s")?.files.length, 200);
});

test("a step that fails leaves the database at its old version", (t) => {
  const folder = temporaryFolder();
  filled(folder);
  const steps = [...migrations, "create table later (id text) strict", "this is no SQL"];
  assert.throws(() => openDatabase(folder, { migrations: steps }), /syntax error/u);
  const database = open(t, folder);
  assert.equal(pragma(database, "user_version"), migrations.length);
  assert.equal(
    database.prepareForAll("select * from sqlite_schema where name = 'later'").get(),
    undefined,
  );
});

const damages: Record<string, (file: string) => void> = {
  "a file of no bytes": (file) => truncateSync(file, 0),
  "a text": (file) => writeFileSync(file, "this is not a database\n".repeat(400)),
  "a file that ends in its header": (file) => truncateSync(file, 60),
  "a file that lost its second half": (file) =>
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096),
  "a file with a page of zeros": (file) => overwrite(file, 4096, Buffer.alloc(4096)),
  "a file with a page of noise": (file) => overwrite(file, 8192, Buffer.alloc(4096, 0xa7)),
  "another program's database": (file) => {
    truncateSync(file, 0);
    const other = new DatabaseSync(file);
    other.exec("create table sessions (id text); insert into sessions values ('theirs')");
    other.close();
  },
};

function overwrite(file: string, position: number, bytes: Buffer): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, bytes, 0, bytes.length, position);
  closeSync(descriptor);
}

for (const [what, damage] of Object.entries(damages)) {
  test(`${what} in the database's place is named and left as it is`, () => {
    const folder = temporaryFolder();
    const file = filled(folder);
    damage(file);
    const before = everyFile(folder);
    const refused = {
      code: "store-damaged",
      message: /registry\.sqlite is damaged and was left as it is: .*Rebuild Store/u,
    };
    assert.throws(() => openDatabase(folder), refused);
    assert.throws(() => openDatabase(folder), refused);
    assert.deepEqual(everyFile(folder), before);
  });
}

test("a journal whose database is gone is not played into a new one", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "registry.sqlite-wal"), "committed rows");
  const before = everyFile(folder);
  assert.throws(() => openDatabase(folder), { code: "store-damaged", message: /damaged/u });
  assert.deepEqual(everyFile(folder), before);
});

test("a database that becomes unreadable later is named, too", (t) => {
  const folder = temporaryFolder();
  const file = filled(folder);
  const database = open(t, folder);
  // The check at opening has read every page.
  database.prepareForAll("pragma shrink_memory").get();
  overwrite(file, 4096, Buffer.alloc(statSync(file).size - 4096, 0xa7));
  assert.throws(() => view(database, "s"), {
    code: "store-damaged",
    message: /registry\.sqlite/u,
  });
});

test("a folder that cannot be written is named", { skip: isWindows }, () => {
  const folder = join(temporaryFolder(), "store");
  writeFileSync(folder, "a file");
  assert.throws(() => openDatabase(folder), {
    code: "store-unavailable",
    message: /EEXIST|ENOTDIR/u,
  });
  if (process.getuid?.() === 0) return;
  const locked = temporaryFolder();
  chmodSync(locked, 0o500);
  assert.throws(() => openDatabase(locked), { code: "store-unavailable", message: /EACCES/u });
});

test("work that throws leaves no trace", (t) => {
  const database = open(t, temporaryFolder());
  const failing = () =>
    database.write(() => {
      putContent(database, contentOf("a", { contentId: "id" }));
      throw new Error("no");
    });
  assert.throws(failing, /^Error: no$/u);
  assert.equal(content(database, "id"), undefined);
});

for (const version of ["", "3.51.2"]) {
  const how = version === "" ? "with" : "without";
  test(
    `writers in several processes wait for each other ${how} a write-ahead log`,
    { timeout: 60_000 },
    async (t) => {
      const folder = temporaryFolder();
      const children = Array.from({ length: 6 }, () =>
        fork(new URL("./children/count.ts", import.meta.url), [folder, "40", version], {
          execArgv: [],
        }),
      );
      t.after(() => children.forEach((child) => child.kill("SIGKILL")));
      const exits = await Promise.all(children.map((child) => once(child, "exit")));
      assert.deepEqual(
        exits.map(([code]) => code),
        Array(6).fill(0),
      );
      const database = open(t, folder);
      assert.equal(content(database, "counter")?.bytes, 6 * 40);
      assert.equal(pragma(database, "journal_mode"), version === "" ? "wal" : "delete");
    },
  );
}
