import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fileEnding,
  fileOpening,
  preamble,
  renderApplied,
  renderDiff,
  renderDigests,
  renderEarlier,
  renderExcerpt,
  renderFile,
  renderFinding,
  renderGone,
  renderStubs,
} from "../../../../src/core/context/text/render.ts";

test("the preamble is the same for a session, names every mark, and holds the token once", () => {
  assert.equal(preamble("7"), preamble("7"));
  assert.equal(preamble("007700").split("007700").length, 2);
  for (const mark of [
    "file",
    "excerpt",
    "diff",
    "applied",
    "gone",
    "digests",
    "truncated",
    "earlier",
  ])
    assert.match(preamble("7"), new RegExp(`\\b${mark}\\b`, "u"));
});

test("a file stands between its marks, byte for byte", () => {
  const text = "\n# A\r\n\n";
  assert.equal(
    renderFile("7", "a.md", "text/markdown", text),
    `<file-7 name="a.md" type="text/markdown">\n${text}\n</file-7>`,
  );
  assert.equal(
    renderFile("7", "a.md", "text/markdown", text),
    fileOpening("7", "a.md", "text/markdown") + text + fileEnding("7"),
  );
});

test("a change, a word that a file is gone, and one that a diff was applied name the file", () => {
  assert.equal(
    renderDiff("7", "a.md", "@@ -1 +1 @@\n-a\n+b\n"),
    '<diff-7 name="a.md">\n@@ -1 +1 @@\n-a\n+b\n\n</diff-7>',
  );
  assert.equal(renderGone("7", "a.md", "evicted"), '<gone-7 name="a.md" reason="evicted"/>');
  assert.equal(renderApplied("7", "a.md"), '<applied-7 name="a.md"/>');
});

test("an excerpt tells its lines, and shows where some are missing", () => {
  const ranges = [
    { first: 2, last: 3, text: "two\nthree" },
    { first: 9, last: 9, text: "nine" },
  ];
  assert.equal(
    renderExcerpt("7", "a.md", ranges),
    '<excerpt-7 name="a.md" lines="2-3,9-9">\ntwo\nthree\n…\nnine\n</excerpt-7>',
  );
});

test("digests stand under the true counts", () => {
  const digest = { path: "a.csv", type: "csv", text: "3 rows" };
  assert.equal(
    renderDigests("7", [digest, { ...digest, path: "b.csv" }], 5),
    '<digests-7 included="2" ready="5">\n## a.csv (csv)\n3 rows\n\n## b.csv (csv)\n3 rows\n\n</digests-7>',
  );
});

test("names stand a line each", () => {
  assert.equal(
    renderStubs("7", ["b.md", "a\nb.md"]),
    '<files-7 truncated="true">\nb.md\na&#10;b.md\n</files-7>',
  );
});

test("earlier turns stand a line each, and their true count", () => {
  assert.equal(
    renderEarlier("7", ["Why?\n\nSay it.", "  How?  "]),
    '<earlier-7 turns="2">\n- Why? Say it.\n- How?\n</earlier-7>',
  );
});

test("a finding stands under its title", () => {
  assert.equal(
    renderFinding("7", 'Sales "2026"', "They grew."),
    '<finding-7 title="Sales &#34;2026&#34;">\nThey grew.\n</finding-7>',
  );
});
