import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createFolder } from "../../src/store/folder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const isWindows = process.platform === "win32";

test("what was written is read, by name", async () => {
  const path = join(temporaryFolder(), "deep", "folder");
  const folder = createFolder(path);
  await folder.write("b.bin", new Uint8Array([1, 2]));
  await folder.write("a_1-x.bin", new Uint8Array());
  await folder.write("b.bin", new Uint8Array([3]));
  assert.deepEqual(await folder.names(), ["a_1-x.bin", "b.bin"]);
  assert.deepEqual(await createFolder(path).read("b.bin"), new Uint8Array([3]));
  assert.deepEqual(await folder.read("a_1-x.bin"), new Uint8Array());
  if (isWindows) return;
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.equal(statSync(join(path, "b.bin")).mode & 0o777, 0o600);
});

test("an entry that is not there is nothing, and removing it is no error", async () => {
  const folder = createFolder(join(temporaryFolder(), "none"));
  assert.deepEqual(await folder.names(), []);
  assert.equal(await folder.read("a"), undefined);
  await folder.remove("a");
  await folder.write("a", new Uint8Array([1]));
  await folder.remove("a");
  assert.equal(await folder.read("a"), undefined);
  assert.deepEqual(await folder.names(), []);
});

for (const name of ["", ".", "..", "a/b", "a\\b", "~a", "ä", "a b"]) {
  test(`${JSON.stringify(name)} is not a name`, async () => {
    const folder = createFolder(temporaryFolder());
    await assert.rejects(folder.write(name, new Uint8Array()), /not a name/u);
    await assert.rejects(folder.read(name), /not a name/u);
    await assert.rejects(folder.remove(name), /not a name/u);
  });
}

test("of writes to one entry at the same time one is kept whole", async () => {
  const path = temporaryFolder();
  const folder = createFolder(path);
  const writes = Array.from({ length: 20 }, (_, index) =>
    folder.write("entry", new Uint8Array(100_000).fill(index)),
  );
  await Promise.all(writes);
  const bytes = await folder.read("entry");
  assert.equal(bytes?.length, 100_000);
  assert.equal(new Set(bytes).size, 1);
  assert.deepEqual(readdirSync(path), ["entry"]);
});

test("what is half written is no entry, and is swept away an hour after its process died", async () => {
  const path = temporaryFolder();
  const [old, young] = [join(path, "~old"), join(path, "~young")];
  for (const file of [old, young]) writeFileSync(file, "");
  utimesSync(old, new Date(), new Date(Date.now() - 2 * 60 * 60_000));
  mkdirSync(join(path, "folder"));
  const folder = createFolder(path);
  await folder.write("entry", new Uint8Array());
  assert.deepEqual(await folder.names(), ["entry"]);
  assert.deepEqual([existsSync(old), existsSync(young)], [false, true]);
});

test("a folder that cannot be used is named", { skip: isWindows }, async () => {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "");
  const folder = createFolder(path);
  const named = { code: "store-unavailable", message: /file cannot be used \(E\w+\): check/u };
  await assert.rejects(folder.write("a", new Uint8Array()), named);
  await assert.rejects(folder.names(), named);
});
