import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { FileContext } from "../../src/core/session/file-context.ts";
import { contextFilePath, revisionOf, snapshotIn } from "../../src/store/context-file.ts";
import { createRegistryMethods } from "../../src/store/registry-methods.ts";
import type { RegistryPorts } from "../../src/store/registry-methods.ts";
import { claimRules, contentOf, newFile, sessionOf, uploadOf, idOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A window's registry, called as its thread would. */
function openWindow(t: TestContext, folder: string): RegistryPorts & { close(): void } {
  const methods = createRegistryMethods(folder, () => {}) as unknown as RegistryPorts & {
    close(): void;
  };
  t.after(() => methods.close());
  return methods;
}

function contextIn(folder: string): FileContext {
  return JSON.parse(readFileSync(contextFilePath(folder, "s"), "utf8")) as FileContext;
}

test("file_context.json has all keys that other tools read", async (t) => {
  const folder = temporaryFolder();
  const store = openWindow(t, folder);
  await store.createSession(sessionOf("s"));
  await store.addFiles([newFile("s", "data/sales.csv"), newFile("s", "notes.md")]);
  await store.saveDigests([
    {
      contentId: idOf("data/sales.csv"),
      extractor: "table",
      version: 1,
      type: "csv",
      columns: ["id", "name"],
      rows: 10_000,
      preview: [{ id: "1", name: "a" }],
      text: "csv, 10,000 rows, 2 columns: id, name",
    },
  ]);
  await store.writeContexts();
  const context = contextIn(folder);
  assert.equal(context.session_id, "s");
  assert.match(context.timestamp, /^\d{4}-\d\d-\d\dT/u);
  assert.deepEqual(context.validated_files, {
    "data/sales.csv": "sales.csv",
    "notes.md": "notes.md",
  });
  assert.deepEqual(context.file_metadata, {
    "data/sales.csv": {
      type: "csv",
      size_mb: 0.000014,
      columns: ["id", "name"],
      rows: 10_000,
      preview: [{ id: "1", name: "a" }],
    },
    "notes.md": { type: "md", size_mb: 0.000008, columns: null, rows: null, preview: [] },
  });
  assert.match(context.file_context_text, /## sales\.csv \(csv\)\ncsv, 10,000 rows/u);
  assert.equal(context.file_count, 2);
  assert.deepEqual(context.file_list, ["sales.csv", "notes.md"]);
  assert.equal(context.content_ids["notes.md"], idOf("notes.md"));
  assert.equal(statSync(contextFilePath(folder, "s")).mode & 0o777, 0o600);
});

test("each change is written a moment later, and nothing when nothing has changed", async (t) => {
  const folder = temporaryFolder();
  const store = openWindow(t, folder);
  await store.createSession(sessionOf("s"));
  await store.addFiles([newFile("s", "a.txt")]);
  for (let wait = 0; wait < 100 && !existsSync(contextFilePath(folder, "s")); wait++) {
    await setTimeout(20);
  }
  assert.deepEqual(contextIn(folder).file_list, ["a.txt"]);
  const before = statSync(contextFilePath(folder, "s")).mtimeMs;
  await store.saveContents([contentOf("a.txt", { tokens: 7 })]);
  await store.writeContexts();
  assert.equal(statSync(contextFilePath(folder, "s")).mtimeMs, before);
});

test("every kind of change that the file shows reaches it", async (t) => {
  const folder = temporaryFolder();
  const store = openWindow(t, folder);
  await store.createSession(sessionOf("s"));
  const [file] = await store.addFiles([newFile("s", "a.txt")]);
  assert.ok(file);
  const contentId = idOf("a.txt");
  const changes: Record<string, () => unknown> = {
    "a pin": () => store.changeFiles([{ id: file.id, change: { pinned: true } }]),
    "a claimed upload": () => store.claimUpload(uploadOf("u", { contentId }), 1, claimRules()),
    "a finished upload": () =>
      store.changeUpload("u", { state: "ready", providerFileId: "file-1" }),
    "a phase": () => store.savePhase({ sessionId: "s", number: 1, name: "One", startedAt: 1 }),
    "a finding": () =>
      store.saveFinding({
        id: "f",
        sessionId: "s",
        phase: 1,
        title: "T",
        text: "x",
        contentIds: [],
        createdAt: 1,
      }),
    "a saved file": () =>
      store.saveFiles([{ sessionId: "s", uri: file.uri, contentId, phase: 1, savedAt: 1 }]),
    "a digest": () =>
      store.saveDigests([
        { contentId, extractor: "text", version: 1, type: "txt", preview: [], text: "x" },
      ]),
    "a new name": () => store.renameSession("s", "S2"),
    "a removal": () => store.removeFiles([file.id]),
  };
  for (const [what, change] of Object.entries(changes)) {
    const before = revisionOf(contextFilePath(folder, "s"));
    await change();
    await store.writeContexts();
    assert.ok(revisionOf(contextFilePath(folder, "s")) > before, what);
    assert.deepEqual(snapshotIn(contextFilePath(folder, "s")), await store.snapshot("s"), what);
  }
});

test("a file that an earlier phase saved stays when its session file is removed", async (t) => {
  const folder = temporaryFolder();
  const store = openWindow(t, folder);
  await store.createSession(sessionOf("s"));
  const [first] = await store.addFiles([newFile("s", "a.txt")]);
  assert.ok(first);
  await store.saveFiles([
    { sessionId: "s", uri: first.uri, contentId: first.contentId, phase: 1, savedAt: 1 },
  ]);
  await store.removeFiles([first.id]);
  const [second] = await store.addFiles([newFile("s", "b.txt")]);
  assert.ok(second);
  await store.saveFiles([
    { sessionId: "s", uri: second.uri, contentId: second.contentId, phase: 2, savedAt: 2 },
  ]);
  await store.writeContexts();
  assert.deepEqual(contextIn(folder).file_list, ["b.txt", "a.txt"]);
  await store.clearSavedFiles("s");
  await store.writeContexts();
  assert.deepEqual(contextIn(folder).file_list, ["b.txt"]);
});

test("of two windows the newest state wins, and what a dead one left behind is written by the next", async (t) => {
  const folder = temporaryFolder();
  const [one, other] = [openWindow(t, folder), openWindow(t, folder)];
  await one.createSession(sessionOf("s"));
  await one.addFiles([newFile("s", "a.txt")]);
  await other.addFiles([newFile("s", "b.txt")]);
  await other.writeContexts();
  await one.writeContexts();
  assert.deepEqual(contextIn(folder).file_list, ["a.txt", "b.txt"]);
  await one.addFiles([newFile("s", "c.txt")]);
  // The first window says no more.
  await other.sessions("file:///work");
  await other.writeContexts();
  assert.deepEqual(contextIn(folder).file_list, ["a.txt", "b.txt", "c.txt"]);
});

test("a file that another tool damaged is written anew with the next change", async (t) => {
  const folder = temporaryFolder();
  const store = openWindow(t, folder);
  await store.createSession(sessionOf("s"));
  await store.addFiles([newFile("s", "a.txt")]);
  await store.writeContexts();
  writeFileSync(contextFilePath(folder, "s"), "{");
  await store.addFiles([newFile("s", "b.txt")]);
  await store.writeContexts();
  assert.deepEqual(contextIn(folder).file_list, ["a.txt", "b.txt"]);
});

test("a deleted session takes its file with it, and no other", async (t) => {
  const folder = temporaryFolder();
  const store = openWindow(t, folder);
  await store.createSession(sessionOf("s"));
  await store.createSession(sessionOf("r"));
  await store.writeContexts();
  await store.deleteSession("r");
  assert.ok(existsSync(contextFilePath(folder, "s")));
  assert.ok(!existsSync(join(contextFilePath(folder, "r"), "..")));
});
