import assert from "node:assert/strict";
import { test } from "node:test";
import { accountFor, type Account } from "../../../../src/core/context/account/account.ts";
import type { Gathered, PresentFile } from "../../../../src/core/context/gather.ts";
import type { LedgerMessage } from "../../../../src/core/context/ledger/ledger.ts";
import type { Scene } from "../../../../src/core/context/scene.ts";
import { logged, shown, turn } from "../ledger/logs.ts";
import { presentFile, sceneOf } from "../scenes.ts";

interface Given {
  readonly files?: readonly PresentFile[];
  readonly omitted?: Gathered["omitted"];
  readonly scene?: Partial<Scene>;
  readonly misfits?: Parameters<typeof accountFor>[3]["misfits"];
}

function accounted(log: readonly LedgerMessage[], given: Given = {}): Account {
  const { files = [], omitted = [], misfits = [] } = given;
  return accountFor(log, sceneOf(files, given.scene), { files, omitted }, { misfits, keeps: 0 });
}

const kept = ({ kept: files }: Account): string =>
  files.map(({ path, kind, tokens }) => `${path}:${kind}:${tokens}`).join(" ");

const [a, b] = [presentFile("a", "text of a"), presentFile("b", "text of b")];

test("a file that stands is kept, with its diffs", () => {
  const log = [
    logged(0, "file", { tokens: 100, files: [shown("b")] }),
    logged(0, "file", { tokens: 90, files: [shown("a")] }),
    logged(1, "diff", { tokens: 7, files: [shown("a", 2)] }),
  ];
  assert.equal(kept(accounted(log, { files: [a, b] })), "a.ts:full:97 b.ts:full:100");
});

test("what is not in the messages is not claimed", () => {
  const account = accounted([logged(0, "instructions"), ...turn(0)], {
    files: [a],
    misfits: [{ fileId: "a", needs: 100, left: 30 }],
  });
  assert.deepEqual(account.kept, []);
  assert.deepEqual(
    account.omitted.map(({ path, reason }) => [path, reason]),
    [["a.ts", { kind: "misfit", needs: 100, left: 30 }]],
  );
});

test("a file that is gone is not kept, one that is named neither, one told by a digest or an excerpt is", () => {
  const log = [
    logged(0, "file", { files: [shown("a")] }),
    logged(1, "gone", { files: [shown("a", 1, { representation: "stub" })] }),
    logged(1, "stubs", { files: [shown("a", 1, { representation: "stub" })] }),
    logged(1, "digests", {
      tokens: 40,
      files: [
        shown("b", 1, { representation: "digest" }),
        shown("c", 1, { representation: "digest" }),
      ],
    }),
    logged(1, "file", {
      tokens: 60,
      files: [shown("d", 1, { representation: "excerpt", lines: [1, 2] })],
    }),
  ];
  const files = [a, b, presentFile("c", "text of c"), presentFile("d", "text of d")];
  const account = accounted(log, { files });
  assert.equal(kept(account), "b.ts:digest:20 c.ts:digest:20 d.ts:excerpt:60");
  assert.deepEqual(
    account.omitted.map(({ path }) => path),
    ["a.ts"],
  );
});

test("a digest or an excerpt of a file that is gone is not kept either", () => {
  const log = [
    logged(0, "digests", { files: [shown("a", 1, { representation: "digest" })] }),
    logged(1, "gone", { files: [shown("a", 1, { representation: "stub" })] }),
  ];
  assert.equal(kept(accounted(log, { files: [a] })), "");
});

test("a file at rest is told to be so", () => {
  const { omitted } = accounted([], { files: [a], scene: { resting: new Map([["a", 1]]) } });
  assert.deepEqual(omitted[0]?.reason, { kind: "resting" });
});

test("files that could not be read stand first among those left out, with their reason", () => {
  const gone = { file: b.view.file, path: "b.ts", reason: { kind: "evicted" } } as const;
  const { omitted } = accounted([], { files: [a], omitted: [gone] });
  assert.deepEqual(
    omitted.map(({ path, reason }) => `${path}:${reason.kind}`),
    ["b.ts:evicted", "a.ts:misfit"],
  );
});

test("hidden characters that were written out in what is new are counted by file", () => {
  const log = [
    logged(0, "file", { text: "⟦U+200B⟧", files: [shown("a")] }),
    logged(1, "file", { text: "a⟦U+200B⟧b⟦U+E0041⟧", files: [shown("b")] }),
    logged(1, "diff", { text: "plain", files: [shown("a", 2)] }),
    logged(1, "question", { text: "⟦U+200B⟧" }),
  ];
  const { hidden } = accountFor(
    log,
    sceneOf([]),
    { files: [], omitted: [] },
    { misfits: [], keeps: 1 },
  );
  assert.deepEqual(hidden, [{ path: "b.ts", count: 2 }]);
});

test("each message counts in one tier, and all of them together are the whole", () => {
  const files = [
    presentFile("base", "x", { file: { role: "base" } }),
    presentFile("pin", "y", { file: { pinned: true } }),
    a,
  ];
  const log = [
    logged(0, "instructions", { tokens: 1 }),
    logged(0, "hand-over", { tokens: 2 }),
    logged(0, "finding", { tokens: 4 }),
    logged(0, "file", { tokens: 8, files: [shown("base")] }),
    logged(0, "file", { tokens: 16, files: [shown("pin")] }),
    logged(0, "file", { tokens: 32, files: [shown("a")] }),
    logged(0, "file", { tokens: 64, files: [shown("a", 1, { representation: "excerpt" })] }),
    logged(0, "digests", { tokens: 128 }),
    logged(0, "stubs", { tokens: 256 }),
    logged(0, "diff", { tokens: 512, files: [shown("a", 2)] }),
    logged(0, "gone", { tokens: 1_024, files: [shown("z")] }),
    logged(0, "applied", { tokens: 2_048, files: [shown("a", 3)] }),
    logged(0, "earlier", { tokens: 4_096 }),
    ...turn(0, 8_192),
    logged(1, "pointer", { tokens: 16_384 }),
    logged(1, "tool-result", { tokens: 32_768, files: [shown("base")] }),
    logged(1, "question", { tokens: 65_536 }),
  ];
  const { tokens } = accounted(log, { files });
  assert.deepEqual(tokens.tiers, {
    instructions: 1,
    findings: 2 + 4,
    "base files": 8 + 32_768,
    "pinned files": 16,
    files: 32,
    excerpts: 64,
    digests: 128 + 256,
    changes: 512 + 1_024 + 2_048,
    conversation: 4_096 + 2 * 8_192 + 16_384,
    question: 65_536,
  });
  const sum = Object.values(tokens.tiers).reduce((total, tier) => total + tier, 0);
  assert.equal(tokens.total, sum);
  assert.equal(tokens.files, 8 + 32_768 + 16 + 32 + 64 + 384 + 3_584);
});
