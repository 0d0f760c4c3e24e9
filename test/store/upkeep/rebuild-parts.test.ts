import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rebuildStore } from "../../../src/store/upkeep/rebuild.ts";
import { idOf } from "../samples.ts";
import { damagePage, rootOf } from "./damage-pages.ts";
import { keptStore } from "./kept-store.ts";
import { withStore } from "./used-store.ts";

test("file contexts that cannot be read are named, and other tools' are passed over", (t) => {
  const { folder, oldFile, contextOf } = keptStore(t);
  oldFile("sessions/broken/file_context.json", "{");
  oldFile("sessions/theirs/file_context.json", '{"validated_files": {"a.csv": "a.csv"}}');
  oldFile(
    "sessions/twin/file_context.json",
    readFileSync(contextOf("s"), "utf8").replace("Quarter", "Twin"),
  );
  truncateSync(join(folder, "registry.sqlite"), 0);
  const report = rebuildStore(folder);
  assert.deepEqual(report.unreadable, ["sessions/broken/file_context.json"]);
  assert.equal(report.sessions.length, 1);
});

test("blobs count as stored since their file was written, if a session names them", (t) => {
  const { folder, oldFile, blobOf } = keptStore(t);
  oldFile(blobOf("unknown").slice(folder.length), "unknown");
  rmSync(blobOf("b.txt"));
  rmSync(join(folder, "registry.sqlite"));
  const report = rebuildStore(folder);
  assert.deepEqual(report.copies, { stored: 2, unknown: 1 });
  const stored = withStore(folder, (database) =>
    ["a.txt", "b.txt"].map(
      (text) =>
        database
          .prepare("select stored_at from contents where owner = owner_id() and content_id = ?")
          .get(idOf(text))?.["stored_at"],
    ),
  );
  assert.deepEqual(stored, [Math.floor(statSync(blobOf("a.txt")).mtimeMs), null]);
  assert.equal(readFileSync(blobOf("unknown"), "utf8"), "unknown");
});

test("where the owners cannot be read, the rows of a single one are ours", (t) => {
  const { folder } = keptStore(t);
  rmSync(join(folder, "sessions"), { recursive: true });
  const file = join(folder, "registry.sqlite");
  damagePage(file, rootOf(file, "owners"));
  const report = rebuildStore(folder);
  assert.deepEqual(report.sessions, [{ id: "s", name: "Quarter", files: 3, from: "database" }]);
});

test("a session in a file context is one of ours only if the database does not know better", (t) => {
  const { folder, sql } = keptStore(t);
  sql("insert into owners (id, name) values (7, 'eve'); update sessions set owner = 7");
  const report = rebuildStore(folder);
  assert.deepEqual(report.sessions, []);
});
