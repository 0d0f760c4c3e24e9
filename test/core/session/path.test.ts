import assert from "node:assert/strict";
import { test } from "node:test";
import { pathInWorkspace } from "../../../src/core/session/path.ts";
import { nameOf } from "../../../src/core/session/session.ts";

test("a file in the workspace is known by its path there", () => {
  assert.equal(pathInWorkspace("file:///home/ada/q4/src/a.ts", "file:///home/ada/q4"), "src/a.ts");
  assert.equal(
    pathInWorkspace("file:///home/ada/q4/a%20%23%F0%9F%8E%92.md", "file:///home/ada/q4"),
    "a #🎒.md",
  );
});

test("a file elsewhere is known by its name: no path of the machine is told", () => {
  assert.equal(pathInWorkspace("file:///home/ada/q4-other/a.ts", "file:///home/ada/q4"), "a.ts");
  assert.equal(pathInWorkspace("file:///tmp/a.ts", ""), "a.ts");
});

test("a name that does not decode is shown as it is", () => {
  assert.equal(nameOf("file:///tmp/100%.txt"), "100%.txt");
});
