import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { openRegistry } from "./open-registry.ts";
import { claimRules, contentOf, idOf, newFile, sessionOf, uploadOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("what was stored is there after the registry was closed and opened", async (t) => {
  const folder = temporaryFolder();
  const first = openRegistry(t, folder);
  await first.createSession(sessionOf("s", { name: "Ünï 'quoted' \"name\" 🎒" }));
  await first.addFiles([newFile("s", "a b'c\"#%.txt"), newFile("s", "b.txt")]);
  await first.claimUpload(uploadOf("u", { contentId: idOf("b.txt") }), 1, claimRules());
  const before = await first.view("s");
  await first.close();

  const second = openRegistry(t, folder);
  assert.deepEqual(await second.view("s"), before);
  assert.equal(before?.files[1]?.providerFiles[0]?.id, "u");
  assert.equal(before?.session.name, "Ünï 'quoted' \"name\" 🎒");
});

test("sessions of a workspace come oldest first, and leave with their files", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("new", { createdAt: 2 }));
  await registry.createSession(sessionOf("old", { createdAt: 1 }));
  await registry.createSession(sessionOf("other", { workspace: "" }));
  assert.deepEqual(
    (await registry.sessions("file:///work")).map(({ id }) => id),
    ["old", "new"],
  );
  await registry.renameSession("old", "Sales");
  await registry.addFiles([newFile("old", "a.txt")]);
  assert.equal((await registry.view("old"))?.session.name, "Sales");
  await registry.deleteSession("old");
  assert.equal(await registry.view("old"), undefined);
  assert.ok(await registry.content(idOf("a.txt")), "contents stay");
  // The files of the old session are gone with it.
  await registry.createSession(sessionOf("old"));
  assert.deepEqual((await registry.view("old"))?.files, []);
});

test("a new file stands at the end, as a fresh file that the model has not seen", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  const rows = await registry.addFiles([newFile("s", "b.txt"), newFile("s", "a.txt")]);
  const { id, ...row } = rows[1] ?? assert.fail();
  assert.match(id, /^[0-9a-f-]{36}$/u);
  assert.deepEqual(row, {
    sessionId: "s",
    uri: "file:///work/a.txt",
    role: "file",
    pinned: false,
    evicted: false,
    contentId: idOf("a.txt"),
    disk: "fresh",
    context: "out",
    position: 1,
  });
  assert.deepEqual(
    (await registry.view("s"))?.files.map(({ file, content }) => [file, content]),
    [
      [rows[0], contentOf("b.txt")],
      [rows[1], contentOf("a.txt")],
    ],
  );
});

test("a file that is added again keeps its row and takes the new content", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  const [before] = await registry.addFiles([newFile("s", "a.txt"), newFile("s", "b.txt")]);
  const id = before?.id ?? "";
  const change = { pinned: true, disk: "changed", context: "full", sendAllowed: "x" } as const;
  await registry.changeFiles([{ id, change }]);
  const again = [
    newFile("s", "a.txt", "new"),
    newFile("s", "c.txt"),
    newFile("s", "a.txt", "last"),
  ];
  const rows = await registry.addFiles(again);
  const expected = { ...before, ...change, disk: "fresh", contentId: idOf("last") };
  assert.deepEqual([rows[0], rows[2]], [expected, expected]);
  const [allowed] = await registry.addFiles([{ ...newFile("s", "a.txt"), sendAllowed: "y" }]);
  assert.equal(allowed?.sendAllowed, "y");
  assert.deepEqual(
    (await registry.view("s"))?.files.map(({ file }) => file.uri.slice(-5)),
    ["a.txt", "b.txt", "c.txt"],
  );
});

test("adding is all or nothing, and says when the session is gone", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  const adding = registry.addFiles([newFile("s", "a.txt"), newFile("gone", "b.txt")]);
  await assert.rejects(adding, { code: "session-missing", message: /deleted/u });
  assert.deepEqual((await registry.view("s"))?.files, []);
  assert.equal(await registry.content(idOf("a.txt")), undefined);
});

test("a change sets what it names, clears what is undefined, and passes over what is gone", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  const [a, b] = await registry.addFiles([newFile("s", "a.txt"), newFile("s", "b.txt")]);
  assert.ok(a && b);
  await registry.changeFiles([
    { id: a.id, change: { role: "base", evicted: true, outReason: "too long" } },
    { id: "gone", change: { pinned: true } },
    { id: b.id, change: {} },
  ]);
  await registry.changeFiles([{ id: a.id, change: { outReason: undefined, evicted: false } }]);
  await registry.changeFiles([{ id: b.id, change: { outReason: "no 'room'" } }]);
  assert.deepEqual(
    (await registry.view("s"))?.files.map(({ file }) => file),
    [
      { ...a, role: "base" },
      { ...b, outReason: "no 'room'" },
    ],
  );
});

test("removed files come back as they were, where they were", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  const names = ["a.txt", "b.txt", "c.txt"];
  const rows = await registry.addFiles(names.map((name) => newFile("s", name)));
  const last = { ...(rows[2] ?? assert.fail()), pinned: true };
  await registry.changeFiles([{ id: last.id, change: { pinned: true } }]);
  await registry.removeFiles([last.id, rows[0]?.id ?? "", "gone"]);
  // One new file, and one that takes the place of a removed one.
  await registry.addFiles([newFile("s", "d.txt"), newFile("s", "a.txt", "other")]);
  await registry.restoreFiles([rows[0] ?? assert.fail(), last]);
  const files = (await registry.view("s"))?.files.map(({ file }) => file) ?? [];
  assert.deepEqual(
    files.map(({ uri }) => uri.slice(-5)),
    ["a.txt", "b.txt", "c.txt", "d.txt"],
  );
  assert.deepEqual([files[0], files[2]], [rows[0], last]);
});

test("a token count that is known stays when it is not counted again", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.saveContents([
    contentOf("a", { tokens: 7 }),
    contentOf("b", { mediaType: "x/y" }),
  ]);
  await registry.saveContents([contentOf("a"), contentOf("b", { tokens: 9 })]);
  assert.deepEqual(await registry.content(idOf("a")), contentOf("a", { tokens: 7 }));
  assert.deepEqual(await registry.content(idOf("b")), contentOf("b", { tokens: 9 }));
  assert.equal(await registry.content("unknown"), undefined);
  const { lines: _, ...binary } = contentOf("c");
  await registry.saveContents([binary]);
  assert.deepEqual(await registry.content(idOf("c")), binary);
});

test("own changes are told when they are committed, and not when nothing changed", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  let told = 0;
  const stop = registry.onDidChange(() => told++);
  await registry.createSession(sessionOf("s"));
  assert.equal(told, 1);
  await registry.saveContents([contentOf("a")]);
  assert.equal(told, 2);
  await registry.saveContents([contentOf("a")]);
  await registry.renameSession("s", "s");
  await registry.removeFiles(["gone"]);
  await registry.changeFiles([{ id: "gone", change: { pinned: true } }]);
  assert.equal(told, 2);
  stop();
  await registry.renameSession("s", "t");
  assert.equal(told, 2);
});

test("two registries in two threads see each other's changes", { timeout: 20_000 }, async (t) => {
  const folder = temporaryFolder();
  const [here, there] = [openRegistry(t, folder), openRegistry(t, folder)];
  await Promise.all([here.sessions(""), there.sessions("")]);
  const told = (registry: typeof here): Promise<void> =>
    new Promise((resolve) => {
      const stop = registry.onDidChange(() => (stop(), resolve()));
    });
  const thereTold = told(there);
  await there.sessions("");
  await here.createSession(sessionOf("s"));
  await thereTold;
  assert.equal((await there.sessions("file:///work")).length, 1);
  const hereTold = told(here);
  await here.sessions("");
  await there.renameSession("s", "renamed");
  await hereTold;
  assert.equal((await here.view("s"))?.session.name, "renamed");
});

test("a session of 10,000 files is viewed whole, each with its uploads", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  const names = Array.from({ length: 10_000 }, (_, index) => `${index}.txt`);
  await registry.addFiles(names.map((name) => newFile("s", name)));
  const upload = (id: string, startedAt: number) =>
    registry.claimUpload(
      uploadOf(id, { contentId: idOf("9999.txt"), account: id, startedAt }),
      1,
      claimRules(),
    );
  await upload("old", 1);
  await upload("new", 2);
  const view = await registry.view("s");
  assert.deepEqual(
    view?.files.map(({ file }) => file.uri),
    names.map((name) => `file:///work/${name}`),
  );
  assert.deepEqual(
    view?.files.at(-1)?.providerFiles.map(({ id }) => id),
    ["new", "old"],
  );
  assert.deepEqual(view?.files[0]?.providerFiles, []);
});

test("a registry that nobody listens to lets its process end", { timeout: 20_000 }, async () => {
  const folder = temporaryFolder();
  const source = `
    const { createRegistry } = await import(${JSON.stringify(new URL("../../src/store/registry.ts", import.meta.url).href)});
    const thread = new URL(${JSON.stringify(new URL("../../src/store/registry-thread.ts", import.meta.url).href)});
    const registry = createRegistry({ thread, folder: ${JSON.stringify(folder)} });
    registry.onDidChange(() => {});
    await registry.sessions("");
  `;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const [code] = await once(worker, "exit");
  assert.equal(code, 0);
});

test("calls that were made before the end are carried out", async (t) => {
  const folder = temporaryFolder();
  const registry = openRegistry(t, folder);
  const made = registry.createSession(sessionOf("s"));
  await registry.close();
  await made;
  assert.equal((await openRegistry(t, folder).sessions("file:///work")).length, 1);
  await setTimeout(0);
});
