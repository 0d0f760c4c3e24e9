import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isContextError } from "../../src/core/errors.ts";
import { fileContextOf } from "../../src/core/session/file-context.ts";
import { parseFileContext } from "../../src/store/file-context-format.ts";
import { sampleSnapshot } from "./sample-session.ts";

const name = "file_context.json";

const full = {
  timestamp: "2025-11-20T13:23:07.152257",
  session_id: "your_session_id",
  validated_files: { "path/to/file.csv": "file.csv", "path/to/data.json": "data.json" },
  file_metadata: {
    "path/to/file.csv": {
      type: "csv",
      size_mb: 2.5,
      columns: ["id", "name", "value"],
      rows: 10_000,
      preview: [{ id: 1, name: "a", value: null }],
    },
  },
  file_context_text: "Human-readable context string",
  file_count: 2,
  file_list: ["file.csv", "data.json"],
};

function parse(value: unknown): ReturnType<typeof parseFileContext> {
  return parseFileContext(JSON.stringify(value), name);
}

test("what another tool saw in its files is read", () => {
  assert.deepEqual(parse(full), {
    timestamp: "2025-11-20T13:23:07.152257",
    sessionId: "your_session_id",
    files: [
      {
        path: "path/to/file.csv",
        name: "file.csv",
        type: "csv",
        sizeMb: 2.5,
        columns: ["id", "name", "value"],
        rows: 10_000,
        preview: [{ id: 1, name: "a", value: null }],
      },
      { path: "path/to/data.json", name: "data.json", type: "json" },
    ],
    text: "Human-readable context string",
  });
});

test("what Satchel saves for other tools can be read as theirs", () => {
  const snapshot = sampleSnapshot("file:///home/ada/q4");
  const { files, sessionId, text } = parse(fileContextOf(snapshot, 0));
  assert.deepEqual(
    files.map(({ path, rows }) => [path, rows]),
    [
      ["notes.md", undefined],
      ["sales.csv", 1],
      ["chart.png", undefined],
      ["old.csv", undefined],
    ],
  );
  assert.deepEqual([sessionId, text.includes("A table of one row")], ["s", true]);
});

test("what is not told is left out, and what is not known is passed over", () => {
  const validated_files = { "a/Makefile": "Makefile", "b.csv": "b.csv", toString: "x" };
  const nothing = { type: null, size_mb: null, columns: null, rows: null, preview: null };
  assert.deepEqual(
    parse({
      validated_files,
      file_metadata: { "b.csv": { ...nothing, extra: 1 }, "c.csv": { rows: 1 } },
      extra: {},
    }),
    {
      timestamp: "",
      sessionId: "",
      files: [
        { path: "a/Makefile", name: "Makefile", type: "file" },
        { path: "b.csv", name: "b.csv", type: "csv" },
        { path: "toString", name: "x", type: "file" },
      ],
      text: "",
    },
  );
  assert.deepEqual(parse({ validated_files: {} }).files, []);
  assert.deepEqual(parseFileContext(`\uFEFF${JSON.stringify(full)}`, name), parse(full));
});

function withMetadata(metadata: object): unknown {
  return { ...full, file_metadata: { "a.csv": metadata } };
}

const wrong: Record<string, readonly [unknown, RegExp]> = {
  "a list": [[], /: validated_files should be/u],
  nothing: [null, /: it should be Object; have the program that wrote it write it again$/u],
  "no files": [{ ...full, validated_files: undefined }, /: validated_files should be /u],
  "a list of files": [
    { ...full, validated_files: ["a.csv"] },
    /: validated_files should be Object/u,
  ],
  "a file without a name": [{ ...full, validated_files: { a: 1 } }, /: validated_files\.a should/u],
  "a number as timestamp": [{ ...full, timestamp: 1 }, /: timestamp should be/u],
  "a count in words": [{ ...full, file_count: "two" }, /: file_count should be/u],
  "a size in words": [withMetadata({ size_mb: "2.5" }), /: file_metadata\.a\.csv\.size_mb should/u],
  "a negative size": [withMetadata({ size_mb: -1 }), /size_mb should be >=0/u],
  "rows in words": [withMetadata({ rows: "10000" }), /rows should be/u],
  "half a row": [withMetadata({ rows: 0.5 }), /rows should be a whole number/u],
  "a column that is a number": [withMetadata({ columns: ["a", 1] }), /columns\.1 should be/u],
  "a preview in words": [withMetadata({ preview: "a,b" }), /preview should be/u],
};

for (const [what, [value, message]] of Object.entries(wrong)) {
  test(`a file context with ${what} is refused`, () => {
    const begin = /^file_context\.json is not a file context that Satchel can read: /u;
    assert.throws(
      () => parse(value),
      (error) => {
        assert.ok(isContextError(error) && error.code === "file-context-invalid");
        assert.match(error.message, begin);
        assert.match(error.message, message);
        assert.equal(error.facts.file, name);
        return true;
      },
    );
  });
}

test("what is not JSON is refused", () => {
  const refused = { code: "file-context-invalid", message: /^notes\.md .*: it is not JSON; /u };
  for (const text of ["", "# Notes", '{"a":', "{'a': 1}", '{"a": NaN}']) {
    assert.throws(() => parseFileContext(text, "notes.md"), refused);
  }
});

test("a refusal is a short sentence, whatever the file holds", () => {
  const long = { ...full, validated_files: { ["x".repeat(1_000_000)]: 1 } };
  assert.throws(
    () => parse(long),
    (error) => error instanceof Error && error.message.length < 500,
  );
});

test("any JSON is read or refused, never a crash", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record({ validated_files: fc.jsonValue(), file_metadata: fc.jsonValue() }),
  );
  fc.assert(
    fc.property(value, (json) => {
      try {
        parse(json);
      } catch (error) {
        assert.ok(isContextError(error) && error.code === "file-context-invalid", String(error));
      }
    }),
    { seed: 13, numRuns: 1_000 },
  );
});
