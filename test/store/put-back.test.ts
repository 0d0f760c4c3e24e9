import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { localFile } from "../../src/store/local-file.ts";
import { putBack } from "../../src/store/put-back.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const bytes = Buffer.from("bytes");

function fileIn(...parts: readonly string[]): ReturnType<typeof localFile> {
  return localFile(pathToFileURL(join(...parts)).href);
}

test("a file is written with its folders where nothing is", () => {
  const root = temporaryFolder();
  const within = pathToFileURL(root).href;
  assert.equal(putBack(bytes, fileIn(root, "deep", "er", "a.txt"), within), true);
  assert.equal(readFileSync(join(root, "deep", "er", "a.txt"), "utf8"), "bytes");
});

test("what is there is not touched, not even a link that leads nowhere", () => {
  const root = temporaryFolder();
  writeFileSync(join(root, "a.txt"), "mine");
  symlinkSync(join(root, "nowhere"), join(root, "b.txt"));
  assert.equal(putBack(bytes, fileIn(root, "a.txt"), undefined), false);
  assert.equal(putBack(bytes, fileIn(root, "b.txt"), undefined), false);
  assert.equal(readFileSync(join(root, "a.txt"), "utf8"), "mine");
  assert.ok(!existsSync(join(root, "nowhere")));
});

test("no way leads out of the folder, by dots or by links", () => {
  const folder = temporaryFolder();
  const root = join(folder, "work");
  mkdirSync(root);
  mkdirSync(join(folder, "work-evil"));
  symlinkSync(join(folder, "work-evil"), join(root, "link"));
  const within = pathToFileURL(root).href;
  for (const way of [
    ["link", "a.txt"],
    ["..", "work-evil", "a.txt"],
    ["link", "new", "a.txt"],
  ]) {
    assert.throws(() => putBack(bytes, fileIn(root, ...way), within), { code: "file-outside" });
  }
  assert.ok(!existsSync(join(folder, "work-evil", "a.txt")));
  assert.ok(!existsSync(join(folder, "work-evil", "new")));
});

test("a place that cannot be written is named", () => {
  const root = temporaryFolder();
  writeFileSync(join(root, "file"), "");
  assert.throws(() => putBack(bytes, fileIn(root, "file", "a.txt"), undefined), {
    code: "file-unwritable",
    message: /a\.txt/u,
  });
});
