import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { historyTrace } from "./history-trace.ts";
import { syntheticTrace, usualSize } from "./trace-maker.ts";

test("a seed always gives the same session, and another seed another one", () => {
  assert.deepEqual(syntheticTrace(3), syntheticTrace(3));
  assert.notDeepEqual(syntheticTrace(3).turns, syntheticTrace(4).turns);
});

test("a synthetic session opens files as its last edits have left them", () => {
  const { turns } = syntheticTrace(5);
  assert.equal(turns.length, usualSize.turns);
  const disk = new Map<string, string | null>();
  let again = 0;
  for (const { open, after } of turns) {
    assert.ok(Object.keys(open).length > 0);
    for (const [path, text] of Object.entries(open)) {
      if (disk.has(path)) again++;
      assert.equal(disk.get(path) ?? text, text);
    }
    for (const [path, text] of Object.entries({ ...open, ...after })) disk.set(path, text);
  }
  assert.ok(again > turns.length / 2, "files come again");
});

test("a history becomes a session: what a commit says, what it changes, and what is there then", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "satchel-history-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const git = (...args: string[]): Buffer =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: folder,
    });
  const commit = async (message: string, files: Record<string, string | null>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      if (text === null) await rm(join(folder, path));
      else await writeFile(join(folder, path), text);
    }
    git("add", "-A");
    git("commit", "-q", "-m", message);
  };
  git("init", "-q");
  await commit("start", { "README.md": "# It\n", "ä b.ts": "one\n", "x.bin": "\0" });
  await commit("edit", { "ä b.ts": "two\n", "c.ts": "c\n", "package-lock.json": "{}" });
  await commit("picture", { "x.bin": "\0\0" });
  await commit("delete", { "c.ts": null });
  const { base, turns } = historyTrace(folder, 2);
  assert.deepEqual(base, { "README.md": "# It\n" });
  assert.deepEqual(turns, [
    {
      ask: "edit",
      open: { "ä b.ts": "one\n" },
      answer:
        "--- a/c.ts\n+++ b/c.ts\n@@ -0,0 +1,1 @@\n+c\n--- a/ä b.ts\n+++ b/ä b.ts\n@@ -1,1 +1,1 @@\n-one\n+two\n",
      after: { "c.ts": "c\n", "ä b.ts": "two\n" },
    },
    {
      ask: "delete",
      open: { "c.ts": "c\n" },
      answer: "--- a/c.ts\n+++ b/c.ts\n@@ -1,1 +0,0 @@\n-c\n",
      after: { "c.ts": null },
    },
  ]);
});
