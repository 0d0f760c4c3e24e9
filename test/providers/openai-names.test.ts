import assert from "node:assert/strict";
import { test } from "node:test";
import { carriesTag, remoteName } from "../../src/core/files/remote-name.ts";
import { readableName } from "../../src/providers/openai-names.ts";
import { mediaTypeOf } from "../../src/store/media-types.ts";
import { isReadable } from "../demo/file-types.ts";

const contentId = "0123456789ab".padEnd(64, "0");
const uploadId = "cdef0100-0000-0000-0000-000000000000";

const texts = [
  "pipeline.ts",
  "view.tsx",
  "main.go",
  "lib.rs",
  "App.java",
  "values.YAML",
  "Program.cs",
  "task.rb",
  "script.sh",
  "Makefile",
  "Dockerfile",
  ".gitignore",
  "Cargo.toml",
  "icon.svg",
  "notes.unknown",
  "table.jsonl",
];

const readAsTheyAre = [
  "a.pdf",
  "a.docx",
  "a.csv",
  "a.tsv",
  "a.md",
  "a.MD",
  "a.py",
  "a.sql",
  "a.json",
  "a.xml",
  "a.txt",
];

test("a text whose ending OpenAI does not know becomes a .txt, and keeps its tag", () => {
  for (const name of texts) {
    const tagged = remoteName(name, contentId, uploadId);
    const readable = readableName({ name: tagged, mediaType: mediaTypeOf(name, true) });
    assert.deepEqual(readable, { name: `${tagged}.txt`, mediaType: "text/plain" }, name);
    assert.ok(carriesTag(readable.name, contentId, uploadId), readable.name);
    assert.ok(isReadable(readable.name));
  }
  assert.equal(
    readableName({ name: "pipeline.stc-0123456789ab-cdef01.ts", mediaType: "text/typescript" })
      .name,
    "pipeline.stc-0123456789ab-cdef01.ts.txt",
  );
});

test("what OpenAI reads as it is, and what is no text, keeps its name and type", () => {
  for (const name of readAsTheyAre) {
    const file = { name, mediaType: mediaTypeOf(name, !/pdf|docx/.test(name)) };
    assert.deepEqual(readableName(file), file);
    assert.ok(isReadable(name), name);
  }
  for (const name of ["a.png", "a.zip", "a.parquet", "a.exe"]) {
    const file = { name, mediaType: mediaTypeOf(name, false) };
    assert.deepEqual(readableName(file), file);
  }
});
