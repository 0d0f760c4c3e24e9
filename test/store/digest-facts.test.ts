import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../src/core/files/digest.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { putContent } from "../../src/store/known-contents.ts";
import { digests, saveDigests } from "../../src/store/phases.ts";
import { migrations } from "../../src/store/schema.ts";
import { isPart } from "../../src/store/snapshot-format.ts";
import { rebuildStore } from "../../src/store/upkeep/rebuild.ts";
import { contentOf, idOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const plain: Digest = {
  contentId: idOf("a"),
  extractor: "text",
  version: 1,
  type: "txt",
  preview: ["a"],
  text: "txt, 1 line",
};
const rich: Digest = {
  ...plain,
  contentId: idOf("b"),
  facts: [{ name: "pages", value: "12" }],
  profile: [
    { name: "region", type: "text", nulls: 0, min: "East", max: "West", distinct: 2 },
    { name: "note", type: "empty", nulls: 3, moreDistinct: true, ofRows: 3 },
  ],
};

function save(database: Database, made: readonly Digest[]): void {
  database.write(() => {
    for (const text of ["a", "b"]) putContent(database, contentOf(text));
  });
  saveDigests(database, made);
}

test("facts and columns come back as they were saved, and absent ones stay absent", () => {
  const database = openDatabase(temporaryFolder());
  save(database, [plain, rich]);
  assert.deepEqual(digests(database, [plain.contentId, rich.contentId]), [plain, rich]);
  const again = { ...plain, version: 2, facts: [] };
  saveDigests(database, [again]);
  assert.deepEqual(digests(database, [plain.contentId]), [again]);
  database.close();
});

test("a newer digest takes the facts of an older one away", () => {
  const database = openDatabase(temporaryFolder());
  save(database, [rich]);
  const { facts: _, profile: __, ...bare } = { ...rich, version: 2 };
  saveDigests(database, [bare]);
  assert.deepEqual(digests(database, [rich.contentId]), [bare]);
  database.close();
});

function oldStore(): string {
  const folder = temporaryFolder();
  const old = openDatabase(folder, { migrations: migrations.slice(0, 4), owner: "ada" });
  old.write(() => {
    putContent(old, contentOf("a"));
    old
      .prepareForAll(
        `insert into digests select owner, content_id, 'text', 1, 'txt', null, null, '["a"]', 'txt, 1 line' from contents`,
      )
      .run();
  });
  old.close();
  return folder;
}

test("digests of an older store stay, without facts", () => {
  const database = openDatabase(oldStore(), { owner: "ada" });
  assert.deepEqual(digests(database, [plain.contentId]), [plain]);
  database.close();
});

test("digests of an older store are carried over when it is rebuilt", () => {
  const folder = oldStore();
  rebuildStore(folder, { owner: "ada" });
  const database = openDatabase(folder, { owner: "ada" });
  assert.deepEqual(digests(database, [plain.contentId]), [plain]);
  database.close();
});

test("what is no fact and no column is not read from a saved session", () => {
  assert.ok(isPart("digest", rich));
  for (const change of [
    { facts: "pages: 12" },
    { facts: [{ name: "pages", value: 12 }] },
    { profile: [{ name: "region", type: "varchar", nulls: 0 }] },
    { profile: [{ name: "region", type: "text", nulls: -1 }] },
    { profile: [{ type: "text", nulls: 0 }] },
  ])
    assert.ok(!isPart("digest", { ...rich, ...change }), JSON.stringify(change));
});
