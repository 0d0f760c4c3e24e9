import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../src/core/files/digest.ts";
import type { Report } from "../../../src/vscode/report.ts";
import { DigestNodes } from "../../../src/vscode/tree/digest-nodes.ts";
import type { FileNode } from "../../../src/vscode/tree/node.ts";

function fileOf(contentId: string): FileNode {
  const file = { id: contentId, uri: `file:///w/${contentId}.txt` };
  return { view: { file, content: { contentId } }, workspace: "file:///w" } as unknown as FileNode;
}

function digestOf(contentId: string, text: string): Digest {
  return { contentId, extractor: "text", version: 1, type: "txt", preview: [], text };
}

/** Rows over digests that the test can change, with every call for some of them. */
function world() {
  const known = new Map<string, Digest>();
  const calls: (readonly string[])[] = [];
  const warnings: string[] = [];
  let failure: Error | undefined;
  const report = { log: { warn: (text: string) => void warnings.push(text) } };
  const nodes = new DigestNodes({
    phases: {
      async digests(ids) {
        calls.push(ids);
        if (failure) throw failure;
        return ids.flatMap((id) => known.get(id) ?? []);
      },
    },
    report: report as unknown as Report,
  });
  return { known, calls, warnings, nodes, fail: (error?: Error) => void (failure = error) };
}

test("a digest is read when its file is expanded, and once", async () => {
  const { nodes, known, calls } = world();
  known.set("a", { ...digestOf("a", "txt"), facts: [{ name: "lines", value: "1" }] });
  const file = fileOf("a");
  const [one, other] = await Promise.all([nodes.below(file), nodes.below(file)]);
  assert.equal(one, other);
  assert.equal(one.digest, known.get("a"));
  assert.deepEqual(
    nodes.factsOf(one).map(({ fact }) => fact),
    [{ name: "lines", value: "1" }],
  );
  await nodes.below(file);
  assert.deepEqual(calls, [["a"]]);
});

test("of a large session only what was expanded is read again, in one call", async () => {
  const { nodes, known, calls } = world();
  const files = Array.from({ length: 10_000 }, (_, index) => fileOf(`f${index}`));
  assert.deepEqual(await nodes.update(files), []);
  assert.deepEqual(calls, []);
  const shown = [await nodes.below(files[3] as FileNode), await nodes.below(files[9] as FileNode)];
  calls.length = 0;
  assert.deepEqual(await nodes.update(files), []);
  known.set("f9", digestOf("f9", "txt, 1 line"));
  assert.deepEqual(await nodes.update(files), [shown[1]]);
  assert.deepEqual(calls, [
    ["f3", "f9"],
    ["f3", "f9"],
  ]);
});

test("a row stays as it was while digests cannot be read", async () => {
  const { nodes, known, warnings, fail } = world();
  known.set("a", digestOf("a", "txt"));
  const file = fileOf("a");
  const node = await nodes.below(file);
  fail(new Error("no store"));
  assert.deepEqual(await nodes.update([file]), []);
  assert.equal(node.digest?.text, "txt");
  assert.deepEqual(warnings, ["Error: no store"]);
});
