import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { addFiles } from "../../../src/core/files/add.ts";
import type { ForeignFile } from "../../../src/core/session/foreign-context.ts";
import {
  findForeignFiles,
  importFileContext,
  type ImportedContext,
} from "../../../src/core/session/import-context.ts";
import { getFileContext } from "../../../src/core/session/save-context.ts";
import { maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";

function foreign(path: string, change: Partial<ForeignFile> = {}): ForeignFile {
  return { path, name: path.split(/[/\\]/u).at(-1) ?? path, type: "csv", ...change };
}

async function importing(
  t: TestContext,
  parts: TestParts,
  files: readonly ForeignFile[],
): Promise<ImportedContext> {
  const { session } = await parts.view();
  const context = { timestamp: "", sessionId: "theirs", files, text: "Sales by region." };
  const { inside } = findForeignFiles(context, session.workspace);
  return importFileContext(
    {
      ...parts,
      now: () => 7,
      newId: () => crypto.randomUUID(),
      view: () => parts.view(),
      add: (uris) =>
        addFiles(
          { ...parts, confirm: async () => false },
          { sessionId: session.id, uris, maxBytes },
        ),
    },
    context,
    inside,
    t.signal,
  );
}

test("another tool's files join the session, and its words become a finding", async (t) => {
  const parts = await openParts(t);
  await parts.write("sales.csv", "id\n1\n");
  const imported = await importing(t, parts, [foreign("sales.csv", { sizeMb: 0.000005 })]);
  assert.deepEqual(imported, { files: 1, changed: [], missing: [] });
  const { file } = await parts.file("sales.csv");
  const [finding] = await parts.phases.findings(parts.sessionId);
  assert.equal(finding?.text, "Sales by region.");
  assert.deepEqual(finding.contentIds, [file.contentId]);
});

test("what the other tool knows is kept where Satchel knows less, and nowhere else", async (t) => {
  const parts = await openParts(t);
  await parts.write("sales.csv", "id\n1\n");
  await parts.write("book.xlsx", new Uint8Array([0, 1, 2, 3]));
  await importing(t, parts, [
    foreign("sales.csv", { columns: ["wrong"], rows: 99 }),
    foreign("book.xlsx", { type: "xlsx", columns: ["region"], rows: 12 }),
  ]);
  const saved = await getFileContext({ ...parts, now: () => 1 }, parts.sessionId);
  assert.deepEqual(saved?.file_metadata["sales.csv"]?.columns, ["id"]);
  assert.deepEqual(saved?.file_metadata["book.xlsx"]?.columns, ["region"]);
  assert.equal(saved?.file_metadata["book.xlsx"]?.rows, 12);
});

test("what was said of a file that has another size now is not believed", async (t) => {
  const parts = await openParts(t);
  await parts.write("book.xlsx", new Uint8Array(50_000));
  const imported = await importing(t, parts, [
    foreign("book.xlsx", { columns: ["region"], sizeMb: 2.5 }),
  ]);
  assert.deepEqual(imported, { files: 1, changed: ["book.xlsx"], missing: [] });
  assert.deepEqual(await parts.phases.findings(parts.sessionId), []);
});

test("files that are not there are named", async (t) => {
  const parts = await openParts(t);
  await parts.write("a.csv", "x\n1\n");
  const imported = await importing(t, parts, [foreign("a.csv"), foreign("gone/b.csv")]);
  assert.deepEqual(imported, { files: 1, changed: [], missing: ["b.csv"] });
});

test("files outside of the workspace are told apart, however their paths are written", () => {
  const files = [
    "a.csv",
    "./sub/b c.csv",
    "/work/c.csv",
    "../other/d.csv",
    "/etc/e.csv",
    "C:\\data\\f.csv",
  ];
  const context = {
    timestamp: "",
    sessionId: "",
    files: files.map((path) => foreign(path)),
    text: "",
  };
  const { inside, outside } = findForeignFiles(context, "file:///work");
  assert.deepEqual(
    [...inside.keys()],
    ["file:///work/a.csv", "file:///work/sub/b%20c.csv", "file:///work/c.csv"],
  );
  assert.deepEqual(
    [...outside.keys()],
    ["file:///other/d.csv", "file:///etc/e.csv", "file:///C:/data/f.csv"],
  );
  assert.equal(findForeignFiles(context, "").inside.size, 0);
});

test("a file_context.json of the documented shape is read", async (t) => {
  const parts = await openParts(t);
  const uri = await parts.write(
    "file_context.json",
    JSON.stringify({
      timestamp: "2025-11-20T13:23:07.152257",
      session_id: "analysis",
      validated_files: { "path/to/file.csv": "file.csv" },
      file_metadata: {
        "path/to/file.csv": {
          type: "csv",
          size_mb: 2.5,
          columns: ["id"],
          rows: 10_000,
          preview: [],
        },
      },
      file_context_text: "Human-readable",
      file_count: 1,
      file_list: ["file.csv"],
    }),
  );
  const read = await parts.archives.readFileContext(uri);
  assert.deepEqual(read.files, [
    {
      path: "path/to/file.csv",
      name: "file.csv",
      type: "csv",
      sizeMb: 2.5,
      columns: ["id"],
      rows: 10_000,
      preview: [],
    },
  ]);
  const broken = await parts.write("broken.json", "{");
  await assert.rejects(parts.archives.readFileContext(broken), { code: "file-context-invalid" });
});
