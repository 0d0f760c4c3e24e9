import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  removeFinding,
  saveFinding,
  startPhase,
  titleOf,
  type FindingParts,
  type StartedPhase,
} from "../../../src/core/session/phases.ts";
import { getFileContext, type ContextParts } from "../../../src/core/session/save-context.ts";
import { openParts, type TestParts } from "../../fixtures/parts.ts";

interface Bench {
  readonly parts: TestParts;
  readonly context: ContextParts & FindingParts;
  /** Names of the files that were analysed. */
  readonly analysed: string[];
  readonly start: (name: string, signal?: AbortSignal) => Promise<StartedPhase>;
  readonly stored: () => Promise<readonly string[]>;
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
  let time = 1_800_000_000_000;
  const context = {
    ...parts,
    digester,
    now: () => time++,
    newId: () => crypto.randomUUID(),
  };
  return {
    parts,
    context,
    analysed,
    start: async (name, signal = AbortSignal.timeout(60_000)) =>
      startPhase(context, await parts.view(), name, signal),
    async stored() {
      const phases = await parts.phases.phases(parts.sessionId);
      return phases.map(({ number, name }) => `${number} ${name}`);
    },
  };
}

test("the first start stores phase 1, too, and later ones count on", async (t) => {
  const { parts, start, stored } = await bench(t);
  assert.deepEqual(await stored(), []);
  const { phase } = await start(" Charts\n for  Q4 ");
  assert.equal(phase.number, 2);
  assert.deepEqual(await stored(), ["1 Phase 1", "2 Charts for Q4"]);
  await start("  ");
  assert.deepEqual(await stored(), ["1 Phase 1", "2 Charts for Q4", "3 Phase 3"]);
  const [first, second, third] = await parts.phases.phases(parts.sessionId);
  assert.equal(first?.startedAt, (await parts.view()).session.createdAt);
  assert.ok(second && third && second.startedAt < third.startedAt);
});

test("starting saves the file context of the phase before, and analyses each content once", async (t) => {
  const { parts, context, analysed, start } = await bench(t);
  await parts.add({ "a.csv": "x\n1\n", "same.csv": "x\n1\n", "b.csv": "y\n1\n" });
  const first = await start("Charts");
  assert.deepEqual(first.saved, { phase: 1, files: 3, analysed: 2 });
  await parts.add({ "b.csv": "y\n1\n2\n" });
  const second = await start("Report");
  assert.deepEqual(second.saved, { phase: 2, files: 3, analysed: 1 });
  assert.deepEqual(analysed.toSorted(), ["b.csv", "b.csv", "same.csv"].toSorted());
  const saved = await getFileContext(context, parts.sessionId);
  assert.equal(saved?.file_metadata["b.csv"]?.rows, 2);
});

test("what an earlier phase saved stays when its file leaves the session", async (t) => {
  const { parts, start } = await bench(t);
  await parts.add({ "one.csv": "x\n1\n" });
  await start("Charts");
  await parts.registry.removeFiles([(await parts.file("one.csv")).file.id]);
  await start("Report");
  const snapshot = await parts.phases.snapshot(parts.sessionId);
  assert.deepEqual(
    snapshot?.savedFiles.map(({ phase }) => phase),
    [1],
  );
});

test("a phase whose saving is cancelled has not begun", async (t) => {
  const { parts, start, stored } = await bench(t);
  await parts.add({ "a.csv": "x\n1\n" });
  await assert.rejects(start("Charts", AbortSignal.abort()), { name: "AbortError" });
  assert.deepEqual(await stored(), []);
});

test("a finding belongs to the phase that it is saved in", async (t) => {
  const { parts, context, start } = await bench(t);
  await parts.add({ "a.csv": "x\n1\n" });
  const { contentId } = (await parts.file("a.csv")).content;
  const { sessionId } = parts;
  const contentIds = [contentId, contentId];
  await saveFinding(context, { sessionId, text: "\n  Sales rose.\n\n", contentIds });
  await start("Charts");
  await saveFinding(context, {
    sessionId,
    title: "  The\n chart ",
    text: "A bar.",
    contentIds: [],
  });
  const findings = await parts.phases.findings(sessionId);
  assert.deepEqual(
    findings.map(({ phase, title, text, contentIds: ids }) => ({ phase, title, text, ids })),
    [
      { phase: 1, title: "Sales rose.", text: "Sales rose.", ids: [contentId] },
      { phase: 2, title: "The chart", text: "A bar.", ids: [] },
    ],
  );
});

test("a finding without text is refused with a sentence for people", async (t) => {
  const { parts, context } = await bench(t);
  const empty = { sessionId: parts.sessionId, title: "Title", text: " \n\t", contentIds: [] };
  await assert.rejects(saveFinding(context, empty), {
    name: "ContextError",
    code: "finding-empty",
    message: /select the result/u,
  });
  assert.deepEqual(await parts.phases.findings(parts.sessionId), []);
});

test("a finding that was removed comes back as it was; removing one that is gone does nothing", async (t) => {
  const { parts, context } = await bench(t);
  const { sessionId } = parts;
  for (const text of ["one", "two", "three"])
    await saveFinding(context, { sessionId, text, contentIds: [] });
  const before = await parts.phases.findings(sessionId);
  const second = before[1];
  assert.ok(second);
  await removeFinding(context, second.id);
  await removeFinding(context, second.id);
  assert.equal((await parts.phases.findings(sessionId)).length, 2);
  await parts.phases.saveFinding(second);
  assert.deepEqual(await parts.phases.findings(sessionId), before);
});

test("a title is the first heading, else the first line that says something", () => {
  const titles: readonly (readonly [text: string, title: string])[] = [
    ["Intro\n\n## Sales by **region** ##\ntext", "Sales by region"],
    ["```sh\n# not a heading\n```\nDone.", "Done."],
    ["````\n```\n# still code\n````\n# Real", "Real"],
    ["- **Total**: `42`\n- more", "Total: 42"],
    ["> 1. quoted", "quoted"],
    ["---\n\nAfter the rule", "After the rule"],
    ["#hashtag is no heading", "#hashtag is no heading"],
    ["first\r\nsecond", "first"],
    ["first\rsecond", "first"],
    ["```\nonly code\n```", "only code"],
    ["#\n\n***", "Finding"],
    ["# 売上\n", "売上"],
  ];
  for (const [text, title] of titles) assert.equal(titleOf(text), title, text);
});

test("a title has at most 80 characters, none of them cut in two", async (t) => {
  const { parts, context } = await bench(t);
  const { sessionId } = parts;
  const exact = "x".repeat(80);
  assert.equal(titleOf(exact), exact);
  for (const long of [`${exact}x`, "👍".repeat(200), "word ".repeat(50)]) {
    const given = await saveFinding(context, { sessionId, title: long, text: "t", contentIds: [] });
    for (const title of [titleOf(long), given.title]) {
      assert.ok(Array.from(title).length <= 80, title);
      assert.ok(title.isWellFormed() && title.endsWith("…"), title);
    }
  }
});
