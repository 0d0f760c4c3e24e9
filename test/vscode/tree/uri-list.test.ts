import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUriList } from "../../../src/vscode/tree/uri-list.ts";

test("each line is a URI, whatever ends it; comments and empty lines are none", () => {
  assert.deepEqual(parseUriList("file:///a.md\r\nfile:///b%20c.md\n# comment\n\nfile:///d.md"), [
    "file:///a.md",
    "file:///b%20c.md",
    "file:///d.md",
  ]);
});

test("an empty list holds nothing", () => {
  assert.deepEqual(parseUriList(""), []);
});
