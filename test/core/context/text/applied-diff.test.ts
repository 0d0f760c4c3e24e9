import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { appliedDiff } from "../../../../src/core/context/text/applied-diff.ts";
import { difference } from "../../../../src/texts/difference.ts";
import { logged, turn } from "../ledger/logs.ts";

const fence = "777";
const before = "one\ntwo\nthree\nfour\nfive\n";
const after = "one\nTWO\nthree\nfour\nfive\nsix\n";
const hunks = "@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n@@ -5 +5,2 @@\n five\n+six\n";

/** A diff as git writes it. */
const gitDiff = (path: string, some: string): string =>
  `diff --git a/${path} b/${path}\nindex 01a..02b 100644\n--- a/${path}\n+++ b/${path}\n${some}`;

/** The hunks that are found in an answer; undefined if there are none. */
function found(answer: string, path = "src/a.ts", texts = { before, after }): string | undefined {
  const log = [...turn(0), logged(1, "answer", { text: answer })];
  const span = appliedDiff(log, { path, since: 1, fence }, texts);
  if (!span) return undefined;
  assert.equal(span[0], 2);
  return answer.slice(span[1], span[2]);
}

test("a diff as git writes it is found in an answer, with the place of its hunks", () => {
  const answer = `So:\n\n\`\`\`diff\n${gitDiff("src/a.ts", hunks)}\`\`\`\n\nThat is all.`;
  assert.equal(found(answer), hunks);
});

test("a diff needs neither git's lines nor prefixes, and may end the answer without a line break", () => {
  assert.equal(found(`--- src/a.ts\n+++ src/a.ts\n${hunks}`), hunks);
  assert.equal(found(`--- src/a.ts\t2026-01-01\n+++ src/a.ts\t2026-01-02\n${hunks}`), hunks);
  assert.equal(found(gitDiff("src/a.ts", hunks).slice(0, -1)), hunks.slice(0, -1));
});

test("headings of hunks, and empty lines without their space, are read as they are meant", () => {
  const texts = { before: "f()\n\nx\n", after: "f()\n\ny\n" };
  const loose = "@@ -1,3 +1,3 @@ class A {\n f()\n\n-x\n+y\n";
  assert.equal(found(gitDiff("src/a.ts", loose), "src/a.ts", texts), loose);
});

test("of several files in one answer the right one is found, wherever it stands", () => {
  const other = "@@ -1,2 +1,2 @@\n-x\n+y\n two\n";
  const files = [gitDiff("b.ts", other), gitDiff("src/a.ts", hunks), gitDiff("c.ts", other)];
  assert.equal(found(files.join("")), hunks);
  assert.equal(found(`${files[1]}\n${files[0]}`), hunks);
  assert.equal(found(`${files[0]}${files[2]}`), undefined);
});

test("of several diffs of one file the one that was applied is found", () => {
  const other = "@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n";
  const answer = `Either\n${gitDiff("src/a.ts", other)}\nor\n${gitDiff("src/a.ts", hunks)}`;
  assert.equal(found(answer), hunks);
});

test("a diff that adds lines only, or removes them only, is found", () => {
  const texts = { before: "a\nb\n", after: "new\na\nb\n" };
  const adding = "@@ -0,0 +1 @@\n+new\n";
  assert.equal(found(gitDiff("src/a.ts", adding), "src/a.ts", texts), adding);
  const removing = "@@ -1 +0,0 @@\n-new\n";
  const back = { before: texts.after, after: texts.before };
  assert.equal(found(gitDiff("src/a.ts", removing), "src/a.ts", back), removing);
});

const nearMisses: Readonly<Record<string, string>> = {
  "another result": gitDiff("src/a.ts", hunks.replace("+six", "+sixth")),
  "another line removed": gitDiff("src/a.ts", hunks.replace("-two", "-too")),
  "another line around": gitDiff("src/a.ts", hunks.replace(" three", " tree")),
  "spaces that differ": gitDiff("src/a.ts", hunks.replace("+TWO", "+TWO ")),
  "a hunk less": gitDiff("src/a.ts", hunks.slice(0, hunks.indexOf("@@ -5"))),
  "a hunk that is cut off": gitDiff("src/a.ts", hunks.slice(0, hunks.indexOf("+six"))),
  "a line that is cut off": gitDiff("src/a.ts", hunks.slice(0, -2)),
  "the wrong place": gitDiff("src/a.ts", hunks.replace("-1,3", "-2,3")),
  "a place behind the end": gitDiff("src/a.ts", hunks.replace("-5 ", "-50 ")),
  "hunks in the wrong order": gitDiff(
    "src/a.ts",
    hunks.slice(hunks.indexOf("@@ -5")) + hunks.slice(0, hunks.indexOf("@@ -5")),
  ),
  "a hunk twice": gitDiff("src/a.ts", hunks.replace(/^[^]*(?=@@ -5)/u, "$&$&")),
  "another file": gitDiff("src/b.ts", hunks),
  "a file whose path ends alike": gitDiff("lib/src/a.ts", hunks),
  "a file whose path begins alike": gitDiff("src/a.tsx", hunks),
  "no name": hunks,
  "a name in the middle of a line": `see +++ b/src/a.ts\n${hunks}`,
  "a text between name and hunks": `+++ b/src/a.ts\nThese are the changes:\n${hunks}`,
  "the whole new text": `+++ b/src/a.ts\n${after}`,
  "no hunks": "+++ b/src/a.ts\n",
  nothing: "",
};

for (const [what, answer] of Object.entries(nearMisses)) {
  test(`a near miss is none: ${what}`, () => {
    assert.equal(found(answer), undefined);
  });
}

test("line breaks count like any other byte", () => {
  const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
  const texts = { before: crlf(before), after: crlf(after) };
  const dos = gitDiff("src/a.ts", hunks.replaceAll(/^[ +-].*$/gmu, "$&\r"));
  assert.notEqual(found(dos, "src/a.ts", texts), undefined);
  assert.notEqual(found(crlf(gitDiff("src/a.ts", hunks)), "src/a.ts", texts), undefined);
  assert.equal(found(dos), undefined);
  assert.equal(found(gitDiff("src/a.ts", hunks), "src/a.ts", texts), undefined);
  assert.equal(found(dos, "src/a.ts", { before: texts.before, after }), undefined);
});

test("a text that does not end with a line break is left to a diff that says so", () => {
  for (const texts of [
    { before: "one", after: "two" },
    { before: "one\n", after: "two" },
    { before: "one", after: "two\n" },
  ])
    assert.equal(found("+++ b/src/a.ts\n@@ -1 +1 @@\n-one\n+two\n", "src/a.ts", texts), undefined);
});

test("texts and answers that hold the token stand in the log in other words, and are left to a diff", () => {
  const texts = { before: "one\n", after: `${fence}\n` };
  const answer = `+++ b/src/a.ts\n@@ -1 +1 @@\n-one\n+${fence}\n`;
  assert.equal(found(answer, "src/a.ts", texts), undefined);
  assert.equal(found(`${fence}\n${gitDiff("src/a.ts", hunks)}`), undefined);
});

test("only answers that came after the file was shown last are looked at", () => {
  const answer = logged(1, "answer", { text: gitDiff("src/a.ts", hunks) });
  const asked = logged(1, "question", { text: gitDiff("src/a.ts", hunks) });
  const place = (log: readonly ReturnType<typeof logged>[], since: number): number | undefined =>
    appliedDiff(log, { path: "src/a.ts", since, fence }, { before, after })?.[0];
  assert.equal(place([answer, ...turn(2)], 0), undefined);
  assert.equal(place([...turn(0), asked], 0), undefined);
  assert.equal(place([...turn(0), answer, ...turn(2), answer, ...turn(3)], 0), 5, "the newest");
});

const line = fc.constantFrom("a", "b", "c", "", " x", "+p", "-m", "@@ -1 +1 @@", "\\ n", "+++ b/f");
const text = fc
  .array(line, { minLength: 1, maxLength: 12 })
  .map((lines) => `${lines.join("\n")}\n`);

test("every diff that leads from one text to the other is found, and its hunks alone", () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const some = difference(one, other) ?? "";
      fc.pre(some !== "");
      const answer = `Text.\n${gitDiff("f", some)}\nMore text.\n`;
      assert.equal(found(answer, "f", { before: one, after: other }), some);
      const wrong = { before: one, after: `${other}!` };
      assert.equal(found(answer, "f", wrong), undefined);
    }),
    { numRuns: 2_000 },
  );
});

test("a hostile answer costs no more time than a long one", () => {
  const answers = [
    `+++ ${"a".repeat(100_000)}`,
    "+++ b/src/a.ts\n@@ -1,99999999 +1,99999999 @@\n".repeat(6_000),
    `+++ b/src/a.ts\n@@ -1,999999999 +1,999999999 @@\n${" one\n".repeat(60_000)}`,
  ];
  const start = performance.now();
  for (const answer of answers) assert.equal(found(answer), undefined);
  assert.ok(performance.now() - start < 2_000, `${performance.now() - start} ms`);
});
