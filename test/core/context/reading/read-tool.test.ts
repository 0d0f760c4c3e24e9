import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readTool,
  readToolTokens,
  wishOf,
} from "../../../../src/core/context/reading/read-tool.ts";
import { openParts } from "../../../fixtures/parts.ts";

test("a wish names a path, and lines if it wants some", () => {
  assert.deepEqual(wishOf({ input: '{"path":"a.ts"}' }), { path: "a.ts" });
  assert.deepEqual(wishOf({ input: '{"path":"a.ts","first_line":3,"last_line":9}' }), {
    path: "a.ts",
    firstLine: 3,
    lastLine: 9,
  });
});

test("what a model says of lines beside numbers is passed over", () => {
  const input = '{"path":"a.ts","first_line":"3","last_line":null,"mode":"fast"}';
  assert.deepEqual(wishOf({ input }), { path: "a.ts" });
});

test("an input that names no file is no wish", () => {
  for (const input of ["", "{", "null", "[]", '"a.ts"', "7", "{}", '{"path":""}', '{"path":7}'])
    assert.equal(wishOf({ input }), undefined, input);
});

test("the tool takes no more tokens than are set aside for it", async (t) => {
  const { tokens } = await openParts(t);
  const [count = Infinity] = await tokens.count([JSON.stringify(readTool)]);
  assert.ok(count < readToolTokens, `${count}`);
});
