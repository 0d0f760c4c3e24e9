import assert from "node:assert/strict";
import { test } from "node:test";
import { extracted, factsOf } from "../extracted.ts";

test("an SVG is told by its size, title and elements", async () => {
  const svg = `<?xml version="1.0"?><!-- a --><!DOCTYPE svg [<!ENTITY a "b">]>
<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="20mm" viewBox="0 0 10 20">
<title>A &amp; B</title><g><path d=""/><path d=""/><text>t</text></g></svg>`;
  assert.deepEqual(await factsOf("svg", svg), {
    title: "A & B",
    size: "10mm × 20mm",
    "view box": "0 0 10 20",
    elements: "6",
    kinds: "2 path, 1 text",
  });
});

test("a prolog made to be slow is not", { timeout: 5000 }, async () => {
  assert.equal(await extracted("svg", `${"<!---->".repeat(9000)}x`), undefined);
  assert.equal(await extracted("svg", "<?a?> ".repeat(10_000)), undefined);
});
