import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { MendReport, Upkeep } from "../../../src/core/ports/upkeep.ts";
import { createContents } from "../../../src/store/contents.ts";
import { createContentsMethods } from "../../../src/store/contents-methods.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { createRegistry } from "../../../src/store/registry.ts";
import { snapshotIn } from "../../../src/store/context-file.ts";
import { deleteSession } from "../../../src/store/sessions.ts";
import { createUpkeep } from "../../../src/store/upkeep/upkeep.ts";
import { isWindows } from "../place.ts";
import { idOf } from "../samples.ts";
import { keptStore, type KeptStore } from "./kept-store.ts";

/** What was done, as `kind: done`. */
function doneIn({ mended }: MendReport): readonly string[] {
  return mended.map(({ fault, done }) => `${fault.kind}: ${done}`);
}

async function mendAll(upkeep: Upkeep): Promise<MendReport> {
  return upkeep.mend(await upkeep.verify({ copies: "all" }));
}

async function faultsOf(upkeep: Upkeep): Promise<readonly string[]> {
  return (await upkeep.verify({ copies: "all" })).faults.map(({ kind }) => kind);
}

/** True if the rows say that a text's blob is stored. */
function isCounted({ folder }: KeptStore, text: string): boolean {
  const database = openDatabase(folder);
  const row = database
    .prepare("select stored_at from contents where owner = owner_id() and content_id = ?")
    .get(idOf(text));
  database.close();
  return typeof row?.["stored_at"] === "number";
}

function unknownBlob({ oldFile, blobOf, folder }: KeptStore): string {
  return oldFile(blobOf("unknown").slice(folder.length), "unknown");
}

test("a damaged blob goes to the quarantine, and its content stands without one", async (t) => {
  const store = keptStore(t);
  writeFileSync(store.blobOf("a.txt"), "a.tyt");
  const report = await mendAll(store.upkeep);
  const name = `blob-${idOf("a.txt")}`;
  assert.deepEqual(doneIn(report), [`copy-damaged: moved to quarantine/${name}`]);
  assert.deepEqual(report.left, []);
  assert.equal(readFileSync(join(store.folder, "quarantine", name), "utf8"), "a.tyt");
  assert.ok(!existsSync(store.blobOf("a.txt")));
  assert.equal(isCounted(store, "a.txt"), false);
  assert.equal(isCounted(store, "b.txt"), true);
  const after = await store.upkeep.verify({ copies: "all" });
  assert.deepEqual(after.faults, []);
  assert.deepEqual(after.quarantine, { databases: 0, files: 1, bytes: 5 });
});

test("a second damaged blob of the same content does not replace the first", async (t) => {
  const store = keptStore(t);
  for (const damage of ["first", "second"]) {
    writeFileSync(store.blobOf("a.txt"), damage);
    await mendAll(store.upkeep);
  }
  const quarantine = join(store.folder, "quarantine");
  const texts = readdirSync(quarantine).map((name) => readFileSync(join(quarantine, name), "utf8"));
  assert.deepEqual(texts.toSorted(), ["first", "second"]);
});

test("a blob that was put right meanwhile is left alone", async (t) => {
  const store = keptStore(t);
  writeFileSync(store.blobOf("a.txt"), "a.tyt");
  rmSync(store.blobOf("b.txt"));
  const report = await store.upkeep.verify({ copies: "all" });
  writeFileSync(store.blobOf("a.txt"), "a.txt");
  writeFileSync(store.blobOf("b.txt"), "b.txt", { mode: 0o600 });
  const mended = await store.upkeep.mend(report);
  assert.deepEqual(mended, { mended: [], left: report.faults });
  assert.ok(isCounted(store, "a.txt") && isCounted(store, "b.txt"));
});

test("a content whose blob is gone stands without one", async (t) => {
  const store = keptStore(t);
  rmSync(store.blobOf("c.txt"));
  assert.deepEqual(doneIn(await mendAll(store.upkeep)), [
    "copy-missing: no longer counted as stored",
  ]);
  assert.deepEqual(await faultsOf(store.upkeep), []);
});

test("what lies in the trash without a blob is left to the sweep", async (t) => {
  const store = keptStore(t);
  store.sql(`insert into trash values (1, '${idOf("c.txt")}', 'c.txt', 1, '[]');
    update contents set stored_at = null where content_id = '${idOf("c.txt")}'`);
  rmSync(store.blobOf("c.txt"));
  const report = await mendAll(store.upkeep);
  assert.deepEqual(report.mended, []);
  assert.deepEqual(
    report.left.map(({ kind }) => kind),
    ["copy-missing"],
  );
});

test("a blob that no row knows is deleted", async (t) => {
  const store = keptStore(t);
  const blob = unknownBlob(store);
  assert.deepEqual(doneIn(await mendAll(store.upkeep)), ["copy-unknown: deleted"]);
  assert.ok(!existsSync(blob));
});

test("a blob that no row knows stays while a replaced database may know it", async (t) => {
  const store = keptStore(t);
  const blob = unknownBlob(store);
  store.oldFile("quarantine/registry-2026-11-20T08-00-00-000Z.sqlite", "old");
  const report = await mendAll(store.upkeep);
  assert.deepEqual(report.mended, []);
  assert.ok(existsSync(blob));
});

test("a blob that somebody came to know meanwhile stays", async (t) => {
  const store = keptStore(t);
  const blob = unknownBlob(store);
  const report = await store.upkeep.verify({ copies: "all" });
  const eve = openDatabase(store.folder, { owner: "eve" });
  eve
    .prepare("insert into contents values (owner_id(), ?, 7, 'text/plain', 1, 1, null, null)")
    .run(idOf("unknown"));
  eve.close();
  assert.deepEqual((await store.upkeep.mend(report)).mended, []);
  assert.ok(existsSync(blob));
});

test("a blob that somebody is about to use stays, though no row knows it yet", async (t) => {
  const store = keptStore(t);
  const blob = unknownBlob(store);
  const report = await store.upkeep.verify({ copies: "all" });
  const source = store.oldFile("../unknown.txt", "unknown");
  await createContentsMethods(store.folder).take(pathToFileURL(source).href, 1000);
  assert.deepEqual((await store.upkeep.mend(report)).mended, []);
  assert.equal(readFileSync(blob, "utf8"), "unknown");
});

test("a blob that counted as not stored expires like the others from now on", async (t) => {
  const store = keptStore(t);
  store.sql(`update contents set stored_at = null where content_id = '${idOf("b.txt")}'`);
  assert.deepEqual(doneIn(await mendAll(store.upkeep)), [
    "copy-uncounted: counted as stored from now on",
  ]);
  assert.ok(isCounted(store, "b.txt"));
});

test("what was left half written is deleted", async (t) => {
  const store = keptStore(t);
  const halves = ["blobs/~half", "~half-wal", "sessions/s/~half"].map((path) =>
    store.oldFile(path, "ha"),
  );
  const report = await mendAll(store.upkeep);
  assert.deepEqual(doneIn(report), Array(3).fill("file-leftover: deleted"));
  assert.deepEqual(halves.filter(existsSync), []);
});

test("permissions are narrowed, and kept for the owner", { skip: isWindows }, async (t) => {
  const { folder, upkeep, blobOf } = keptStore(t);
  chmodSync(folder, 0o755);
  chmodSync(join(folder, "sessions"), 0o770);
  chmodSync(blobOf("a.txt"), 0o444);
  const done = doneIn(await mendAll(upkeep));
  assert.deepEqual(done.toSorted(), [
    "permissions-wide: narrowed to 400",
    "permissions-wide: narrowed to 700",
    "permissions-wide: narrowed to 700",
  ]);
  assert.deepEqual(
    [folder, join(folder, "sessions"), blobOf("a.txt")].map((path) => statSync(path).mode & 0o777),
    [0o700, 0o700, 0o400],
  );
});

const contextDamages: Record<string, (file: string) => void> = {
  gone: (file) => rmSync(file),
  behind: (file) =>
    writeFileSync(file, readFileSync(file, "utf8").replace(/"revision": \d+/u, '"revision": 0')),
};

for (const [what, damage] of Object.entries(contextDamages)) {
  test(`a file context that is ${what} is written anew`, async (t) => {
    const { upkeep, contextOf } = keptStore(t);
    damage(contextOf("s"));
    assert.deepEqual(doneIn(await mendAll(upkeep)), ["context-behind: written anew"]);
    assert.equal(snapshotIn(contextOf("s"))?.files.length, 3);
    assert.deepEqual(await faultsOf(upkeep), []);
  });
}

test("a file context that cannot be read is kept aside and written anew", async (t) => {
  const { folder, upkeep, contextOf } = keptStore(t);
  const [head] = readFileSync(contextOf("s"), "utf8").split("snapshot");
  writeFileSync(contextOf("s"), head ?? "");
  assert.deepEqual(doneIn(await mendAll(upkeep)), ["context-damaged: written anew"]);
  assert.equal(snapshotIn(contextOf("s"))?.files.length, 3);
  const aside = join(folder, "quarantine", "file_context-s.json");
  assert.equal(readFileSync(aside, "utf8"), head);
});

test("the file context of a session that is gone stays: it may be all that is left of it", async (t) => {
  const { upkeep, rows, contextOf } = keptStore(t);
  rows((database) => deleteSession(database, "s"));
  const { left } = await mendAll(upkeep);
  assert.ok(left.some(({ kind }) => kind === "context-unknown"));
  assert.equal(snapshotIn(contextOf("s"))?.files.length, 3);
});

test("what Satchel did not put there stays", async (t) => {
  const { upkeep, oldFile } = keptStore(t);
  const path = oldFile("blobs/notes.txt", "notes");
  const { left, mended } = await mendAll(upkeep);
  assert.deepEqual([left.length, mended.length], [1, 0]);
  assert.ok(existsSync(path));
});

test("a report that names other files than its faults are about does no harm", async (t) => {
  const { folder, upkeep } = keptStore(t);
  mkdirSync(join(folder, "..", "outside"), { recursive: true });
  const outside = join(folder, "..", "outside", "file.txt");
  writeFileSync(outside, "mine");
  const path = "../outside/file.txt";
  const faults = (
    ["copy-damaged", "copy-missing", "copy-unknown", "file-leftover", "context-damaged"] as const
  ).map((kind) => ({ kind, path, names: [] }));
  const report = await upkeep.verify({ copies: "none" });
  assert.deepEqual(await upkeep.mend({ ...report, faults }), { mended: [], left: faults });
  assert.equal(readFileSync(outside, "utf8"), "mine");
});

test("the threads of a window care for its store", async (t) => {
  const store = keptStore(t);
  const thread = (name: string) => new URL(`../../../src/store/${name}-thread.ts`, import.meta.url);
  const { folder } = store;
  const rows = createRegistry({ thread: thread("registry"), folder });
  const files = createContents({ thread: thread("contents"), folder });
  t.after(() => Promise.all([rows.close(), files.close()]));
  const upkeep = createUpkeep({ folder, rows, files });
  writeFileSync(store.blobOf("a.txt"), "a.tyt");
  assert.equal((await mendAll(upkeep)).mended.length, 1);
  const before = await rows.view("s");
  let told = 0;
  rows.onDidChange(() => told++);
  const rebuilt = await upkeep.rebuild();
  assert.ok(rebuilt.isReplaced);
  assert.ok(told > 0);
  assert.deepEqual(await rows.view("s"), before);
  assert.equal(await upkeep.whyReadOnly(), undefined);
  assert.deepEqual(await faultsOf(upkeep), []);
});
