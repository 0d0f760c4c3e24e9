import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  getFileContext,
  hasFileContext,
  saveFileContext,
  type ContextParts,
  type SavedContext,
} from "../../../src/core/session/save-context.ts";
import { summaryOf } from "../../../src/core/session/file-context.ts";
import { openParts, type TestParts } from "../../fixtures/parts.ts";

interface Bench {
  readonly parts: TestParts;
  readonly context: ContextParts;
  /** Names of the files that were analysed. */
  readonly analysed: string[];
  readonly save: (...names: readonly string[]) => Promise<SavedContext>;
}

async function bench(t: TestContext): Promise<Bench> {
  const parts = await openParts(t);
  const analysed: string[] = [];
  const digester: TestParts["digester"] = {
    ...parts.digester,
    digest(file, signal) {
      analysed.push(file.name);
      return parts.digester.digest(file, signal);
    },
  };
  const context = { ...parts, digester, now: () => 1_800_000_000_000 };
  return {
    parts,
    context,
    analysed,
    async save(...names) {
      const view = await parts.view();
      const views = await Promise.all(names.map((name) => parts.file(name)));
      return saveFileContext(context, view, views, AbortSignal.timeout(60_000));
    },
  };
}

test("a session has a file context as soon as it has a file", async (t) => {
  const { parts, context } = await bench(t);
  assert.equal(await hasFileContext(context, parts.sessionId), false);
  await parts.add({ "sales.csv": "id,name\n1,a\n2,b\n" });
  assert.equal(await hasFileContext(context, parts.sessionId), true);
  assert.equal(await getFileContext(context, "no session"), undefined);
});

test("saving analyses files, and the context says what they hold", async (t) => {
  const { parts, context, save } = await bench(t);
  await parts.add({ "sales.csv": "id,name\n1,a\n2,b\n" });
  assert.deepEqual(await save("sales.csv"), { phase: 1, files: 1, analysed: 1 });
  const saved = await getFileContext(context, parts.sessionId);
  assert.deepEqual(saved?.file_metadata["sales.csv"], {
    type: "csv",
    size_mb: 0.000016,
    columns: ["id", "name"],
    rows: 2,
    preview: [
      { id: "1", name: "a" },
      { id: "2", name: "b" },
    ],
  });
  assert.equal(summaryOf(saved), "1 file: sales.csv (csv, 2 rows)");
});

test("an unchanged file is never analysed again, whatever it is called; a changed one is", async (t) => {
  const { parts, analysed, save } = await bench(t);
  await parts.add({ "a.csv": "x\n1\n", "same.csv": "x\n1\n" });
  await save("a.csv", "same.csv");
  await save("a.csv", "same.csv");
  assert.equal(analysed.length, 1);
  await parts.add({ "a.csv": "x\n1\n2\n" });
  assert.deepEqual(await save("a.csv"), { phase: 1, files: 1, analysed: 1 });
  assert.equal(analysed.length, 2);
});

test("saving for a later phase keeps what an earlier one saved", async (t) => {
  const { parts, context, save } = await bench(t);
  await parts.add({ "one.csv": "x\n1\n" });
  await save("one.csv");
  const first = await parts.file("one.csv");
  await parts.registry.removeFiles([first.file.id]);
  const { sessionId } = parts;
  await parts.phases.savePhase({ sessionId, number: 2, name: "Charts", startedAt: 1 });
  await parts.add({ "two.csv": "y\n1\n2\n" });
  assert.equal((await save("two.csv")).phase, 2);
  const saved = await getFileContext(context, sessionId);
  assert.deepEqual(saved?.file_list, ["two.csv", "one.csv"]);
  assert.deepEqual(
    Object.values(saved.file_metadata).map(({ rows }) => rows),
    [2, 1],
  );
});

test("a file that is gone is passed over, and the others are saved", async (t) => {
  const { parts, save } = await bench(t);
  await parts.add({ "a.csv": "x\n1\n", "b.csv": "y\n1\n" });
  await parts.write("a.csv", "changed");
  assert.deepEqual(await save("a.csv", "b.csv"), { phase: 1, files: 2, analysed: 1 });
});
