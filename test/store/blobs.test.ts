import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { idOf } from "./samples.ts";

import { isWindows, limit, place } from "./place.ts";

test("taken bytes outlive their file", async (t) => {
  const { contents, file, folder, blobOf } = place(t);
  const bytes = Buffer.alloc(700_000, "0123456789\n");
  const uri = file("a.txt", bytes);
  const facts = await contents.take(uri, limit);
  assert.deepEqual(facts, await contents.inspect(uri, limit));
  const { contentId } = facts.content;
  assert.deepEqual(readFileSync(blobOf(contentId)), bytes);
  assert.deepEqual(readdirSync(join(folder, "store", "blobs")), [contentId.slice(0, 2)]);
  rmSync(join(folder, "a.txt"));
  assert.deepEqual(Buffer.from(await contents.read({ contentId, uri })), bytes);
  if (isWindows) return;
  assert.equal(statSync(blobOf(contentId)).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, "store", "blobs", contentId.slice(0, 2))).mode & 0o777, 0o700);
});

test("bytes that are stored are not stored again", async (t) => {
  const { contents, file, blobOf } = place(t);
  const { content } = await contents.take(file("a.txt", "text"), limit);
  const before = statSync(blobOf(content.contentId), { bigint: true });
  await contents.take(file("b.txt", "text"), limit);
  const after = statSync(blobOf(content.contentId), { bigint: true });
  assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
});

test("bytes that were not taken are read from the file while it holds them", async (t) => {
  const { contents, file } = place(t);
  const uri = file("a.txt", "text");
  const source = { contentId: idOf("text"), uri };
  assert.equal(Buffer.from(await contents.read(source)).toString(), "text");
  file("a.txt", "other");
  const missing = { code: "content-missing", message: /^a\.txt has changed or is gone, .*again$/u };
  await assert.rejects(contents.read(source), missing);
  await assert.rejects(contents.read({ ...source, uri: "untitled:a" }), {
    code: "content-missing",
  });
  const outside = { contentId: "../../a.txt", uri };
  await assert.rejects(contents.read(outside), { code: "content-missing" });
});

const blobDamages: Record<string, (path: string) => void> = {
  "a flipped bit": (path) => writeFileSync(path, "tEXt"),
  "a lost end": (path) => truncateSync(path, 2),
  "no bytes left": (path) => truncateSync(path, 0),
  "bytes too many": (path) => appendFileSync(path, "x"),
  "a folder in its place": (path) => {
    renameSync(path, `${path}.old`);
    mkdirSync(path);
  },
};

for (const [what, damage] of Object.entries(blobDamages)) {
  test(`a stored copy with ${what} is never returned`, async (t) => {
    const { contents, file, blobOf } = place(t);
    const uri = file("a.txt", "text");
    const { contentId } = (await contents.take(uri, limit)).content;
    damage(blobOf(contentId));
    const damaged = { code: "content-damaged", message: /^The stored copy of a\.txt is damaged: / };
    await assert.rejects(contents.read({ contentId, uri }), damaged);
  });
}

test("taking the file again repairs its damaged copy", async (t) => {
  const { contents, file, blobOf } = place(t);
  const uri = file("a.txt", "text");
  const { contentId } = (await contents.take(uri, limit)).content;
  writeFileSync(blobOf(contentId), "tEXt");
  await contents.take(uri, limit);
  assert.equal(Buffer.from(await contents.read({ contentId, uri })).toString(), "text");
});

test("a copy that a dead process left half written is swept away an hour later", async (t) => {
  const { contents, file, folder } = place(t);
  await contents.take(file("a.txt", "first"), limit);
  await contents.close();
  const half = (name: string) => join(folder, "store", "blobs", name);
  writeFileSync(half("~old"), "");
  writeFileSync(half("~young"), "");
  utimesSync(half("~old"), new Date(), new Date(Date.now() - 2 * 60 * 60_000));
  await contents.take(file("b.txt", "second"), limit);
  assert.deepEqual([existsSync(half("~old")), existsSync(half("~young"))], [false, true]);
});

test("a store that cannot be written is named", { skip: isWindows }, async (t) => {
  const { contents, file } = place(t);
  file("store", "a file in the folder's place");
  const named = { code: "store-unavailable", message: /store.blobs.* cannot be used/u };
  await assert.rejects(contents.take(file("a.txt", "text"), limit), named);
});
