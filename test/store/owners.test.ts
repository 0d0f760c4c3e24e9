import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { content, saveContents } from "../../src/store/known-contents.ts";
import { addFiles, changeFiles, removeFiles, restoreFiles } from "../../src/store/session-files.ts";
import {
  createSession,
  deleteSession,
  renameSession,
  sessions,
  view,
} from "../../src/store/sessions.ts";
import { migrations } from "../../src/store/schema.ts";
import { changeUpload, claimUpload, uploads } from "../../src/store/uploads.ts";
import { claimRules, contentOf, idOf, newFile, sessionOf, uploadOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const isRoot = process.getuid?.() === 0;

interface TwoOwners {
  readonly ada: Database;
  readonly eve: Database;
}

/** One store with a session, a file and an upload of Ada's; and Eve. */
function twoOwners(): TwoOwners {
  const folder = temporaryFolder();
  const ada = openDatabase(folder, { owner: "ada" });
  const eve = openDatabase(folder, { owner: "eve" });
  createSession(ada, sessionOf("s"));
  addFiles(ada, [newFile("s", "a.txt")]);
  claimUpload(ada, uploadOf("u", { contentId: idOf("a.txt") }), 1, claimRules());
  changeUpload(ada, "u", { state: "ready", providerFileId: "file-1" });
  return { ada, eve };
}

test("another owner sees nothing, whatever ids are known", () => {
  const { eve } = twoOwners();
  assert.deepEqual(sessions(eve, "file:///work"), []);
  assert.equal(view(eve, "s"), undefined);
  assert.equal(content(eve, idOf("a.txt")), undefined);
  assert.deepEqual(uploads(eve, {}), []);
  assert.throws(() => addFiles(eve, [newFile("s", "b.txt")]), { code: "session-missing" });
});

test("another owner changes nothing, whatever ids are known", () => {
  const { ada, eve } = twoOwners();
  const before = view(ada, "s");
  const [file] = before?.files ?? [];
  assert.ok(file);
  renameSession(eve, "s", "stolen");
  deleteSession(eve, "s");
  changeFiles(eve, [{ id: file.file.id, change: { pinned: true } }]);
  removeFiles(eve, [file.file.id]);
  assert.throws(() => restoreFiles(eve, [{ ...file.file, evicted: true }]), {
    code: "session-missing",
  });
  changeUpload(eve, "u", { state: "gone" });
  saveContents(eve, [contentOf("a.txt", { tokens: 99 })]);
  assert.deepEqual(view(ada, "s"), before);
});

test("equal bytes of two owners are two uploads", () => {
  const { eve } = twoOwners();
  const claim = claimUpload(eve, uploadOf("v", { contentId: idOf("a.txt") }), 1, claimRules());
  assert.equal(claim.kind, "claimed");
});

test("a statement that does not say whose rows it means is a defect", () => {
  const { ada } = twoOwners();
  assert.throws(() => ada.prepare("select * from sessions"), /whose rows/u);
});

test("an owner finds everything again", () => {
  const folder = temporaryFolder();
  for (const owner of ["ada", "eve"]) {
    const database = openDatabase(folder, { owner });
    createSession(database, sessionOf(owner));
    database.close();
  }
  for (const owner of ["eve", "ada"]) {
    const database = openDatabase(folder, { owner });
    assert.deepEqual(
      sessions(database, "file:///work").map(({ id }) => id),
      [owner],
    );
    database.close();
  }
});

test("rows that are older than owners go to the first user who asks, with all they held", () => {
  const folder = temporaryFolder();
  const old = openDatabase(folder, { migrations: migrations.slice(0, 1) });
  old.write(() => {
    for (const statement of rowsOfTheFirstSchema) old.prepareForAll(statement).run();
  });
  old.close();
  const database = openDatabase(folder, { owner: "ada" });
  const [file] = view(database, "s")?.files ?? [];
  assert.equal(file?.file.uri, "file:///work/a.txt");
  assert.equal(file.file.pinned, true);
  assert.deepEqual(file.content, { contentId: "c", bytes: 3, mediaType: "text/plain", tokens: 7 });
  assert.deepEqual(
    file.providerFiles.map(({ providerFileId, expiresAt }) => [providerFileId, expiresAt]),
    [["file-1", 99]],
  );
  assert.equal(view(openDatabase(folder, { owner: "eve" }), "s"), undefined);
  assert.deepEqual(database.prepareForAll("pragma foreign_key_check").all(), []);
});

const rowsOfTheFirstSchema = [
  "insert into sessions values ('s', 'S', 'file:///work', 'fence', 1, 8)",
  "insert into contents values ('c', 3, 'text/plain', null, 7)",
  "insert into session_files values ('f', 's', 'file:///work/a.txt', 'file', 1, 0, 'c', 'fresh', 'out', null, 7, null, null)",
  "insert into provider_files values ('u', 'c', 'openai', 'https://x', 'a', 'user_data', 'text/plain', 'ready', 'a.txt', 'file-1', 5, 99, 5)",
];

test("a user without a name, as in some containers, owns by number", { skip: !isRoot }, () => {
  const owners = new URL("../../src/store/owners.ts", import.meta.url).href;
  const program = `import { currentUser } from ${JSON.stringify(owners)}; process.setuid(12345); console.log(currentUser());`;
  const node = [process.execPath, "--input-type=module", "--eval", program] as const;
  assert.equal(execFileSync(node[0], node.slice(1), { encoding: "utf8" }), "uid 12345\n");
});
