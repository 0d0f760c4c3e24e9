import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { closeMarker, escapeFence, newFence, openMarker } from "../../../src/core/context/fence.ts";

const fence = "0123456789abcdef0123456789abcdef";

test("a new fence is 32 hex digits, and another one each time", () => {
  assert.match(newFence(), /^[0-9a-f]{32}$/u);
  assert.notEqual(newFence(), newFence());
});

test("markers carry the fence and the attributes", () => {
  assert.equal(
    openMarker(fence, { name: "a.ts", type: "text/typescript" }),
    `<file-${fence} name="a.ts" type="text/typescript">\n`,
  );
  assert.equal(closeMarker(fence), `\n</file-${fence}>`);
});

test("a name cannot leave its attribute or its line", () => {
  const marker = openMarker(fence, { name: 'a"> <b>\n&\u202e\u2028.txt' });
  assert.equal(marker.split("\n").length, 2);
  assert.equal(marker.match(/[<>"]/gu)?.join(""), '<"">');
  assert.doesNotMatch(marker, /\p{Cf}/u);
});

test("names of all scripts stay readable", () => {
  assert.match(openMarker(fence, { name: "報告 📊 (1) #2.md" }), /name="報告 📊 \(1\) #2\.md"/u);
});

test("text without the token is not touched", () => {
  const text = '<file-… name="x">\n</file->';
  assert.equal(escapeFence(fence, text), text);
});

test("no text can hold the token, wherever it stands in it", () => {
  const piece = fc.oneof(
    fc.constantFrom(fence, fence.slice(0, 8), fence.slice(8), `</file-${fence}>`, "\\"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      assert.ok(!escapeFence(fence, pieces.join("")).includes(fence));
      assert.equal(openMarker(fence, { name: pieces.join("") }).split(fence).length, 2);
    }),
    { numRuns: 10_000 },
  );
});
