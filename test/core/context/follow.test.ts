import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoggedMessage } from "../../../src/core/context/ledger/conversation.ts";
import type { Draft } from "../../../src/core/context/draft.ts";
import { follow } from "../../../src/core/context/follow.ts";
import type { ComposeParts, Scene } from "../../../src/core/context/scene.ts";
import { ContextError } from "../../../src/core/errors.ts";
import { difference } from "../../../src/texts/difference.ts";
import { idOf } from "../../store/samples.ts";
import { logged, shown, turn } from "./ledger/logs.ts";
import { presentFile, sceneOf } from "./scenes.ts";

const lines = (count: number, change: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: count }, (_, index) => `${change[index] ?? `line ${index}`}\n`).join("");

/** Reads texts that it was told, and counts a token for each character. */
function partsOf(...texts: readonly string[]): ComposeParts & { readonly diffed: () => number } {
  let diffs = 0;
  const known = new Map(texts.map((text) => [idOf(text), text]));
  const contents = {
    read: async ({ contentId }: { contentId: string }) => {
      const text = known.get(contentId);
      if (text === undefined) throw new ContextError("content-missing", "gone");
      return new TextEncoder().encode(text);
    },
  };
  return {
    contents: contents as Partial<ComposeParts["contents"]> as ComposeParts["contents"],
    tokens: {
      count: async (counted) => counted.map(({ length }) => length),
      countUtf8: async ({ length }) => length,
    },
    differ: {
      diff: async (before, after) => {
        diffs++;
        return difference(before, after);
      },
    },
    diffed: () => diffs,
  };
}

const shownAs = (text: string): LoggedMessage =>
  logged(0, "file", { files: [shown("a", 1, { contentId: idOf(text) })] });
const diffTo = (text: string): LoggedMessage =>
  logged(1, "diff", { files: [shown("a", 1, { contentId: idOf(text) })] });

async function followed(
  log: readonly LoggedMessage[],
  scene: Scene,
  parts: ComposeParts = partsOf(),
): Promise<readonly Draft[]> {
  return follow(parts, scene, log, undefined);
}

const kinds = (drafts: readonly Draft[]): string => drafts.map(({ kind }) => kind).join(" ");
const before = lines(100);
const after = lines(100, { 50: "changed" });

test("of files that stand as they are, nothing is said", async () => {
  const scene = sceneOf([presentFile("a", before)]);
  assert.deepEqual(await followed([shownAs(before), ...turn(0)], scene), []);
  assert.deepEqual(await followed([shownAs(after), diffTo(before)], scene), []);
});

test("of files that do not stand, nothing is said", async () => {
  assert.deepEqual(await followed([], sceneOf([presentFile("a", before)])), []);
  const gone = logged(1, "gone", { files: [shown("a")] });
  assert.deepEqual(await followed([shownAs(before), gone], sceneOf([])), []);
});

test("a small change is told as a diff from what was shown last", async () => {
  const scene = sceneOf([presentFile("a", after, { tokens: after.length })]);
  const [draft] = await followed([shownAs(before)], scene, partsOf(before, after));
  assert.equal(draft?.kind, "diff");
  assert.match(draft.text, /^<diff-777 name="a\.ts">\n@@ [^]*-line 50\n\+changed\n/u);
  assert.deepEqual(
    draft.files.map(({ contentId, representation }) => [contentId, representation]),
    [[idOf(after), "full"]],
  );
});

test("a diff of more than its share gives way to the whole text", async () => {
  const file = presentFile("a", after, { tokens: after.length });
  const text = (await followed([shownAs(before)], sceneOf([file]), partsOf(before, after)))[0]
    ?.text;
  const share = (text?.length ?? 0) / after.length;
  for (const [largestShare, kind] of [
    [share, "diff"],
    [share - 0.001, "file"],
  ] as const) {
    const scene = sceneOf([file], { diffs: { largestShare, inARow: 8 } });
    assert.equal(kinds(await followed([shownAs(before)], scene, partsOf(before, after))), kind);
  }
});

test("after so many diffs in a row comes the whole text", async () => {
  const file = presentFile("a", after, { tokens: after.length });
  const scene = sceneOf([file], { diffs: { largestShare: 1, inARow: 2 } });
  const parts = partsOf(before, after);
  const log = [shownAs("first"), diffTo("second")];
  assert.equal(kinds(await followed([...log.slice(0, 1), diffTo(before)], scene, parts)), "diff");
  assert.equal(kinds(await followed([...log, diffTo(before)], scene, parts)), "file");
});

test("where the store has forgotten what was shown, the whole text is told", async () => {
  const scene = sceneOf([presentFile("a", after, { tokens: after.length })]);
  assert.equal(kinds(await followed([shownAs(before)], scene, partsOf(after))), "file");
});

test("texts of which no diff is worth its time are told whole", async () => {
  const scene = sceneOf([presentFile("a", after, { tokens: after.length })]);
  const parts = { ...partsOf(before, after), differ: { diff: async () => undefined } };
  assert.equal(kinds(await followed([shownAs(before)], scene, parts)), "file");
});

test("a diff shows hidden characters, as the file did", async () => {
  const [one, other] = [before, lines(100, { 50: "do\u200B not" })];
  const scene = sceneOf([presentFile("a", other, { tokens: other.length })]);
  const [draft] = await followed([shownAs(one)], scene, partsOf(one, other));
  assert.match(draft?.text ?? "", /\n\+do⟦U\+200B⟧ not\n/u);
});

test("a diff that an answer holds is not told again, and no diff is made", async () => {
  const hunks = "@@ -51 +51 @@\n-line 50\n+changed\n";
  const answer = logged(0, "answer", { text: `+++ b/a.ts\n${hunks}` });
  const parts = partsOf(before, after);
  const scene = sceneOf([presentFile("a", after, { tokens: after.length })]);
  const [draft] = await followed([shownAs(before), answer], scene, parts);
  assert.equal(draft?.text, '<applied-777 name="a.ts"/>');
  const start = "+++ b/a.ts\n".length;
  assert.deepEqual(draft.files[0]?.hunks, [1, start, start + hunks.length]);
  assert.equal(parts.diffed(), 0);
});

test("a file that stands as itself is sent anew when it changes, never as a diff", async () => {
  const native = { mediaType: "application/pdf", id: "file-1" };
  const log = [
    logged(0, "file", { files: [shown("a", 1, { native, representation: "reference" })] }),
  ];
  const source = { kind: "reference", id: "file-2" } as const;
  const file = { name: "a.ts", mediaType: "application/pdf", source };
  const parts = partsOf();
  const [draft] = await followed(log, sceneOf([presentFile("a", after, { native: file })]), parts);
  assert.deepEqual([draft?.kind, draft?.files[0]?.native?.id], ["file", "file-2"]);
  const asText = await followed(log, sceneOf([presentFile("a", after)]), parts);
  assert.deepEqual([kinds(asText), asText[0]?.files[0]?.native], ["file", undefined]);
  assert.equal(parts.diffed(), 0);
});

test("text that follows the bytes of a file is sent whole", async () => {
  const native = { mediaType: "text/csv" };
  const log = [logged(0, "file", { files: [shown("a", 1, { native, contentId: idOf(before) })] })];
  const scene = sceneOf([presentFile("a", after, { tokens: after.length })]);
  assert.equal(kinds(await followed(log, scene, partsOf(before, after))), "file");
});

test("of a file that cannot be shown any more it is said why", async () => {
  for (const reason of ["deleted", "evicted", "unreadable"] as const) {
    const scene = sceneOf([], { away: new Map([["a", reason]]) });
    const [draft] = await followed([shownAs(before)], scene);
    assert.equal(draft?.text, `<gone-777 name="a.ts" reason="${reason}"/>`);
  }
  const [draft] = await followed([shownAs(before)], sceneOf([]));
  assert.match(draft?.text ?? "", /reason="removed"/u);
});

test("of a file at rest it is only said that it has changed, unless it is used now", async () => {
  const parts = partsOf(before, after);
  const file = presentFile("a", after, { tokens: after.length });
  const resting = new Map([["a", 3]]);
  const [draft] = await followed([shownAs(before)], sceneOf([file], { resting }), parts);
  assert.match(draft?.text ?? "", /^<gone-777 name="a\.ts" reason="changed"\/>$/u);
  const scene = sceneOf([file], { resting, uses: new Set(["a"]) });
  assert.equal(kinds(await followed([shownAs(before)], scene, parts)), "diff");
  const same = sceneOf([presentFile("a", before)], { resting });
  assert.deepEqual(await followed([shownAs(before)], same, parts), []);
});

test("lines of a file that has changed do not stay as if they held", async () => {
  for (const [kind, representation] of [
    ["file", "excerpt"],
    ["tool-result", "excerpt"],
  ] as const) {
    const part = shown("a", 1, { contentId: idOf(before), representation, lines: [1, 9] });
    const log = [logged(0, kind, { files: [part] })];
    const scene = sceneOf([presentFile("a", after)]);
    assert.notDeepEqual(await followed(log, scene, partsOf(before, after)), [], kind);
  }
});
