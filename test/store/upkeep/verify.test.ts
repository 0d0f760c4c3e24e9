import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isSound } from "../../../src/core/upkeep/describe.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { createSession } from "../../../src/store/sessions.ts";
import { idOf, sessionOf } from "../samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { age, keptStore, names, upkeepOf } from "./kept-store.ts";
import { plantedFaults } from "./planted-faults.ts";

test("a sound store has no faults, and everything in it is counted", async (t) => {
  const { upkeep, folder } = keptStore(t);
  const report = await upkeep.verify({ copies: "all" });
  assert.deepEqual(report, {
    folder,
    faults: [],
    sessions: 1,
    copies: { stored: 3, read: 3, bytesRead: 15 },
    quarantine: { databases: 0, files: 0, bytes: 0 },
  });
  assert.ok(isSound(report));
});

test("a store that was never used has no faults, and is not made by looking", async (t) => {
  const folder = join(temporaryFolder(), "store");
  const report = await upkeepOf(t, folder).verify({ copies: "all" });
  assert.deepEqual(report.faults, []);
  assert.throws(() => statSync(folder), { code: "ENOENT" });
});

for (const [what, fault] of Object.entries(plantedFaults)) {
  const { plant, kind, names: known = [], path, detail, skip } = fault;
  test(`${what} is found, and nothing else`, { skip: skip ?? false }, async (t) => {
    const store = keptStore(t);
    plant(store);
    const before = everything(store.folder);
    const { faults, ...report } = await store.upkeep.verify({ copies: "all" });
    assert.deepEqual(everything(store.folder), before, "verification changes nothing");
    assert.equal(isSound({ ...report, faults }), false);
    const [found, ...others] = faults;
    assert.deepEqual(others, []);
    assert.ok(found);
    assert.equal(found.kind, kind);
    assert.equal(found.path, path(store));
    assert.deepEqual(found.names, known);
    if (detail) assert.match(found.detail ?? "", detail);
  });
}

test("what goes wrong while the database is open is found, too", async (t) => {
  const { upkeep, sql } = keptStore(t);
  assert.deepEqual((await upkeep.verify({ copies: "none" })).faults, []);
  sql("update session_files set session_id = 'gone' where uri = 'file:///work/a.txt'");
  const { faults, unavailable } = await upkeep.verify({ copies: "none" });
  assert.deepEqual(faults, [
    {
      kind: "reference-missing",
      path: "registry.sqlite",
      names: [],
      detail: "session_files → sessions: 1",
    },
  ]);
  assert.equal(unavailable, undefined);
});

/** The bytes of every file but those that SQLite makes and removes while a database is open. */
function everything(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile() && !/-(?:wal|shm)$/u.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, "hex")]),
  );
}

const unreadable: Record<string, (file: string) => void> = {
  "a text in its place": (database) => writeFileSync(database, "no database"),
  "a page of noise": (database) => {
    const bytes = readFileSync(database);
    writeFileSync(database, bytes.fill(0xa7, 8192, 12_288));
  },
  "no bytes": (database) => truncateSync(database, 0),
};

for (const [what, damage] of Object.entries(unreadable)) {
  test(`a database with ${what} is reported with the way out, and the files are still checked`, async (t) => {
    const { folder, upkeep, blobOf } = keptStore(t);
    damage(join(folder, "registry.sqlite"));
    writeFileSync(blobOf("a.txt"), "a.tyt");
    const before = everything(folder);
    const report = await upkeep.verify({ copies: "all" });
    assert.deepEqual(everything(folder), before);
    assert.deepEqual(
      report.faults.map(({ kind }) => kind),
      ["database-damaged", "copy-damaged"],
    );
    assert.match(report.unavailable ?? "", /registry\.sqlite is damaged.*Rebuild Store/u);
  });
}

test("a database that is gone beside saved sessions is missed, and no empty one is made", async (t) => {
  const { folder, upkeep } = keptStore(t);
  rmSync(join(folder, "registry.sqlite"));
  const report = await upkeep.verify({ copies: "none" });
  assert.deepEqual(
    report.faults.map(({ kind }) => kind),
    ["database-missing"],
  );
  assert.throws(() => openDatabase(folder), {
    code: "store-damaged",
    message: /registry\.sqlite is gone: .*Rebuild Store/u,
  });
  assert.throws(() => statSync(join(folder, "registry.sqlite")), { code: "ENOENT" });
});

test("only as many blobs are read as were asked for", async (t) => {
  const { upkeep, oldFile, folder, blobOf } = keptStore(t);
  for (let index = 0; index < 150; index++) {
    oldFile(blobOf(`${index}`).slice(folder.length), `${index}`);
  }
  const read = async (copies: "all" | "sample" | "none"): Promise<number> =>
    (await upkeep.verify({ copies })).copies.read;
  assert.equal(await read("none"), 0);
  assert.equal(await read("sample"), 100);
  assert.equal(await read("all"), 150 + names.length);
});

test("what was written a moment ago is not yet a fault", async (t) => {
  const { upkeep, oldFile, folder, blobOf } = keptStore(t);
  const now = new Date();
  const young = [
    oldFile(blobOf("young").slice(folder.length), "young"),
    oldFile("blobs/~young", "you"),
  ];
  for (const path of young) {
    age(path);
    writeFileSync(path, readFileSync(path));
  }
  assert.ok(now.getTime() - statSync(young[0] ?? "").mtimeMs < 60_000);
  assert.deepEqual((await upkeep.verify({ copies: "none" })).faults, []);
});

test("what is put right at a second look was work in progress", async (t) => {
  const { upkeep, contextOf, rows } = keptStore(t);
  const saved = readFileSync(contextOf("s"));
  rmSync(contextOf("s"));
  const verifying = upkeep.verify({ copies: "none" });
  // As a window does that was about to write it.
  setTimeout(() => writeFileSync(contextOf("s"), saved, { mode: 0o600 }), 5);
  const { faults } = await verifying;
  rows(() => undefined);
  assert.deepEqual(faults, []);
});

test("what belongs to others is neither named nor missed", async (t) => {
  const { upkeep, folder, oldFile, blobOf } = keptStore(t);
  oldFile(blobOf("theirs").slice(folder.length), "theirs");
  const eve = openDatabase(folder, { owner: "eve" });
  createSession(eve, sessionOf("e", { name: "Eve's" }));
  eve
    .prepare("insert into contents values (owner_id(), ?, 6, 'text/plain', 1, 1, 1, 1)")
    .run(idOf("theirs"));
  eve
    .prepare("insert into contents values (owner_id(), ?, 6, 'text/plain', 1, 1, 1, 1)")
    .run(idOf("gone"));
  eve.close();
  const report = await upkeep.verify({ copies: "all" });
  assert.deepEqual(report.faults, []);
  assert.equal(report.sessions, 1);
});

test("who loses interest is let go", { timeout: 20_000 }, async (t) => {
  const { upkeep, folder, oldFile, blobOf } = keptStore(t);
  const big = oldFile(blobOf("big").slice(folder.length), "");
  truncateSync(big, 200 * 1024 ** 3);
  const controller = new AbortController();
  const verifying = upkeep.verify({ copies: "all" }, controller.signal);
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(verifying, { name: "AbortError" });
  assert.equal((await upkeep.verify({ copies: "none" })).copies.stored, 4);
});
