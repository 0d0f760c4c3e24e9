import assert from "node:assert/strict";
import { mkdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { addFiles } from "../../../src/core/files/add.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";

async function add(
  parts: TestParts,
  uris: readonly string[],
  allow = true,
): Promise<{ outcomes: string[]; asked: string[] }> {
  const { asked, confirm } = answering(allow);
  const outcomes = await addFiles(
    { ...parts, confirm },
    { sessionId: parts.sessionId, uris, maxBytes },
  );
  return {
    outcomes: outcomes.map((outcome) =>
      outcome.kind === "failed" ? outcome.error.code : outcome.kind,
    ),
    asked,
  };
}

test("files are added in the order given, each once, and the session shows their content", async (t) => {
  const parts = await openParts(t);
  const uris = [
    await parts.write("b.md", "# B\n"),
    await parts.write("a.csv", "x,y\n1,2\n"),
    await parts.write("b.md", "# B\n"),
  ];
  assert.deepEqual((await add(parts, uris)).outcomes, ["added", "added"]);
  const { files } = await parts.view();
  assert.deepEqual(
    files.map(({ file, content }) => [
      file.uri,
      content.mediaType,
      content.lines,
      file.disk,
      file.context,
    ]),
    [
      [uris[0], "text/markdown", 1, "fresh", "out"],
      [uris[1], "text/csv", 2, "fresh", "out"],
    ],
  );
});

test("adding a file again keeps its row and its pin, and takes its new content", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "one" });
  const before = await parts.file("a.md");
  await parts.registry.changeFiles([{ id: before.file.id, change: { pinned: true } }]);
  await add(parts, [await parts.write("a.md", "two")]);
  const { file } = await parts.file("a.md");
  assert.deepEqual([file.id, file.pinned], [before.file.id, true]);
  assert.notEqual(file.contentId, before.file.contentId);
});

/** Each bad file is refused with a code of its own and a sentence that names it; the good ones beside it are added. */
async function checkRefused(
  t: TestContext,
  name: string,
  make: (parts: TestParts, path: string) => Promise<unknown>,
  code: string,
): Promise<void> {
  const parts = await openParts(t);
  const path = join(parts.folder, name);
  await make(parts, path);
  const uris = [pathToFileURL(path).href, await parts.write("good.md", "good")];
  const outcomes = await addFiles(
    { ...parts, confirm: answering(true).confirm },
    { sessionId: parts.sessionId, uris, maxBytes },
  );
  const [refused, good] = outcomes;
  assert.ok(refused?.kind === "failed");
  assert.equal(refused.error.code, code);
  assert.ok(refused.error.message.includes(name), refused.error.message);
  assert.doesNotMatch(refused.error.message, /\.$/u);
  assert.equal(good?.kind, "added");
}

test("an empty file is refused", (t) =>
  checkRefused(t, "empty.txt", (parts) => parts.write("empty.txt", ""), "file-empty"));
test("a 60 MB file is refused by its size", (t) =>
  checkRefused(
    t,
    "big.csv",
    async (parts, path) => {
      await parts.write("big.csv", "x");
      await truncate(path, 60_000_000);
    },
    "file-too-large",
  ));
test("a folder is refused", (t) =>
  checkRefused(t, "folder", (_parts, path) => mkdir(path), "file-not-regular"));
test("a file that is gone is refused", (t) =>
  checkRefused(t, "gone.txt", async () => {}, "file-missing"));

test("a file that is not on this disk is refused", async (t) => {
  const parts = await openParts(t);
  assert.deepEqual(
    (await add(parts, ["untitled:Untitled-1", "https://example.com/a.md"])).outcomes,
    ["file-not-local", "file-not-local"],
  );
});

test("binary files, names of all kinds and texts with special tokens are added", async (t) => {
  const parts = await openParts(t);
  const files = {
    "photo.png": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
    'it\'s "quoted" & spaced 🎒 #1 100%.md': "text",
    "tokens.txt": "before <|endoftext|> after",
  };
  const uris = await Promise.all(
    Object.entries(files).map(([name, data]) => parts.write(name, data)),
  );
  assert.deepEqual((await add(parts, uris)).outcomes, ["added", "added", "added"]);
  assert.equal((await parts.file("photo.png")).content.lines, undefined);
  assert.equal((await parts.file('it\'s "quoted" & spaced 🎒 #1 100%.md')).content.lines, 1);
});

test("a file that looks like a secret is added only after a confirmation that names it", async (t) => {
  const parts = await openParts(t);
  const uris = [await parts.write(".env", "KEY=1"), await parts.write("a.md", "a")];
  const declined = await add(parts, uris, false);
  assert.deepEqual(declined.outcomes, ["declined", "added"]);
  assert.deepEqual(declined.asked, [".env: environment files usually hold keys"]);
  assert.equal((await parts.view()).files.length, 1);
  assert.deepEqual((await add(parts, uris, true)).outcomes, ["added", "added"]);
});

test("a key in a file of any name, and a file that git ignores, are asked for, too", async (t) => {
  const parts = await openParts(t);
  await mkdir(join(parts.folder, ".git"));
  await parts.write(".gitignore", "*.log\n");
  const uris = [
    await parts.write("notes.txt", "hi\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"),
    await parts.write("build.log", "ok"),
  ];
  assert.deepEqual((await add(parts, uris, false)).asked, [
    "notes.txt: it contains a private key",
    "build.log: git ignores it",
  ]);
});

test("a cancelled add leaves the session as it was", async (t) => {
  const parts = await openParts(t);
  const uris = [await parts.write("a.md", "a")];
  const adding = addFiles(
    { ...parts, confirm: answering(true).confirm },
    { sessionId: parts.sessionId, uris, maxBytes, signal: AbortSignal.abort() },
  );
  await assert.rejects(adding, { name: "AbortError" });
  assert.equal((await parts.view()).files.length, 0);
  await rm(parts.folder, { recursive: true, force: true });
});
