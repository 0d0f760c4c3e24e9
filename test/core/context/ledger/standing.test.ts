import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoggedMessage } from "../../../../src/core/context/ledger/conversation.ts";
import { shownBy } from "../../../../src/core/context/ledger/standing.ts";
import { logged, shown, turn } from "./logs.ts";

interface Expected {
  /** File → its version as shown last, the places of its pieces, and their tokens. */
  readonly standing: Readonly<Record<string, readonly [string, readonly number[], number]>>;
  /** Place → the request since which nothing there holds. */
  readonly superseded?: Readonly<Record<number, number>>;
}

function check(log: readonly LoggedMessage[], { standing, superseded = {} }: Expected): void {
  const found = shownBy(log);
  const stands = [...found.standing].map(([id, { file, pieces, tokens }]) => [
    id,
    [file.contentId, pieces, tokens],
  ]);
  assert.deepEqual(Object.fromEntries(stands), standing);
  const dead = Object.fromEntries([...found.superseded].map(([place, since]) => [place, since]));
  assert.deepEqual(dead, superseded);
}

const file = (request: number, id: string, version = 1): LoggedMessage =>
  logged(request, "file", { tokens: 100, files: [shown(id, version)] });
const diff = (request: number, id: string, version: number): LoggedMessage =>
  logged(request, "diff", { tokens: 7, files: [shown(id, version)] });

test("an empty log holds nothing, and neither do questions and answers", () => {
  check([], { standing: {} });
  check([logged(0, "instructions"), ...turn(0)], { standing: {} });
});

test("a whole file stands, each by its own place", () => {
  check([logged(0, "instructions"), file(0, "a"), file(0, "b")], {
    standing: { a: ["a-1", [1], 100], b: ["b-1", [2], 100] },
  });
});

test("a whole file replaces the one before it, with the diffs that led from it", () => {
  check([file(0, "a"), diff(1, "a", 2), file(3, "a", 3)], {
    standing: { a: ["a-3", [2], 100] },
    superseded: { 0: 3, 1: 3 },
  });
});

test("diffs add to the copy that stands", () => {
  check([file(0, "a"), ...turn(0), diff(1, "a", 2), diff(2, "a", 3)], {
    standing: { a: ["a-3", [0, 3, 4], 114] },
  });
});

test("a diff of a file that does not stand makes nothing stand", () => {
  check([diff(1, "a", 2)], { standing: {} });
  check([file(0, "a"), logged(1, "gone", { files: [shown("a")] }), diff(2, "a", 2)], {
    standing: {},
    superseded: { 0: 1, 1: 1 },
  });
});

test("an applied diff adds to the copy, and the copy stays what it was shown as", () => {
  const whole = shown("a", 1, { representation: "reference" });
  const applied = logged(1, "applied", { tokens: 3, files: [shown("a", 2)] });
  const log = [logged(0, "file", { tokens: 100, files: [whole] }), applied];
  check(log, { standing: { a: ["a-2", [0, 1], 103] } });
  assert.equal(shownBy(log).standing.get("a")?.file.representation, "reference");
});

test("a file that is gone does not stand, and the word that says so is worth nothing later", () => {
  check([file(0, "a"), file(0, "b"), diff(1, "a", 2), logged(2, "gone", { files: [shown("a")] })], {
    standing: { b: ["b-1", [1], 100] },
    superseded: { 0: 2, 2: 2, 3: 2 },
  });
});

test("a file that comes back after it was gone stands again", () => {
  check([file(0, "a"), logged(1, "gone", { files: [shown("a")] }), file(2, "a")], {
    standing: { a: ["a-1", [2], 100] },
    superseded: { 0: 1, 1: 1 },
  });
});

test("what a tool read stands if it is the whole file, and not if it is a part", () => {
  const part = shown("b", 1, { representation: "excerpt", lines: [1, 9] });
  check(
    [
      logged(0, "tool-result", { tokens: 50, files: [shown("a")] }),
      logged(0, "tool-result", { tokens: 50, files: [part] }),
    ],
    { standing: { a: ["a-1", [0], 50] } },
  );
});

test("a part, a digest or a name leaves what stands of a file as it is", () => {
  check(
    [
      file(0, "a"),
      logged(1, "file", { files: [shown("a", 1, { representation: "excerpt" })] }),
      logged(1, "digests", { files: [shown("a", 1, { representation: "digest" })] }),
      logged(1, "stubs", { files: [shown("a", 1, { representation: "stub" })] }),
    ],
    { standing: { a: ["a-1", [0], 100] } },
  );
});

test("of a file that does not stand, the oldest content that was told in short is known, and all that were quoted", () => {
  const digest = shown("a", 1, { representation: "digest" });
  const part = shown("a", 2, { representation: "excerpt", lines: [1, 9] });
  const log = [
    logged(0, "digests", { files: [digest, shown("b", 1, { representation: "digest" })] }),
    logged(1, "file", { files: [part] }),
    file(1, "b"),
    logged(1, "digests", { files: [shown("b", 1, { representation: "digest" })] }),
    logged(1, "stubs", { files: [shown("c", 1, { representation: "stub" })] }),
  ];
  assert.deepEqual([...shownBy(log).short], [["a", digest]]);
  assert.deepEqual([...shownBy(log).quoted], [["a", new Set([part.contentId])]]);
  const gone = logged(2, "gone", { files: [shown("a", 2, { representation: "stub" })] });
  assert.deepEqual([...shownBy([...log, gone]).short], []);
});
