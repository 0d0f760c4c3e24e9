import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "../../src/store/database.ts";
import { content, saveContents } from "../../src/store/known-contents.ts";
import { isWindows } from "./place.ts";
import { contentOf, idOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { damagePage } from "./upkeep/damage-pages.ts";

const [main, log] = ["registry.sqlite", "registry.sqlite-wal"] as const;

/** A store as a crash leaves it: its last rows lie in the write-ahead log. */
function crashed(): string {
  const [folder, copy] = [temporaryFolder(), temporaryFolder()];
  openDatabase(folder).close();
  const database = openDatabase(folder);
  saveContents(database, [contentOf("late")]);
  for (const name of [main, log]) {
    writeFileSync(join(copy, name), readFileSync(join(folder, name)));
  }
  database.close();
  return copy;
}

test("a damaged store that crashed stays as it is, with its write-ahead log", () => {
  const folder = crashed();
  damagePage(join(folder, main), 5);
  const before = [main, log].map((name) => readFileSync(join(folder, name)));
  for (let time = 0; time < 2; time++) {
    assert.throws(() => openDatabase(folder), { code: "store-damaged" });
    assert.deepEqual(
      [main, log].map((name) => readFileSync(join(folder, name))),
      before,
    );
  }
});

test("a store whose table definitions are damaged is refused, not read by them", () => {
  const folder = temporaryFolder();
  openDatabase(folder).close();
  const file = join(folder, main);
  // Wherever it stands: SQLite leaves old definitions in unused places.
  const bytes = readFileSync(file);
  const damage = bytes.toString("latin1").replaceAll("media_type", "mmdia_type");
  bytes.write(damage, "latin1");
  writeFileSync(file, bytes);
  assert.throws(() => openDatabase(folder), { code: "store-damaged" });
  assert.deepEqual(readFileSync(file), bytes);
});

test("a sound store that crashed is opened with all that it acknowledged", () => {
  const folder = crashed();
  const database = openDatabase(folder);
  assert.deepEqual(content(database, idOf("late")), contentOf("late"));
  database.close();
  assert.ok(!existsSync(join(folder, log)));
});

test(
  "a store that is deleted while it is open is not written to any more",
  { skip: isWindows },
  () => {
    const folder = temporaryFolder();
    const database = openDatabase(folder);
    saveContents(database, [contentOf("a")]);
    rmSync(join(folder, main));
    // Its log is still there, and must not be played into a new database.
    assert.throws(() => saveContents(database, [contentOf("b")]), { code: "store-damaged" });
    assert.throws(() => content(database, idOf("a")), { code: "store-damaged" });
    for (const name of [log, `${main}-shm`]) rmSync(join(folder, name), { force: true });
    saveContents(database, [contentOf("c")]);
    assert.deepEqual(content(database, idOf("c")), contentOf("c"));
    assert.equal(content(database, idOf("a")), undefined);
    database.close();
  },
);

test("a database that was closed stays closed", () => {
  const database = openDatabase(temporaryFolder());
  database.close();
  database.close();
  assert.throws(() => content(database, idOf("a")), /the database is closed/u);
});
