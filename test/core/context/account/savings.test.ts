import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  savingsOf,
  savingsSentence,
  type PhaseRequest,
} from "../../../../src/core/context/account/savings.ts";
import { countMissingTokens } from "../../../../src/core/files/count-tokens.ts";
import { saveFinding, startPhase } from "../../../../src/core/session/phases.ts";
import type { FileView } from "../../../../src/core/session/session.ts";
import { openParts, type TestParts } from "../../../fixtures/parts.ts";

type Kept = PhaseRequest["kept"][number];

interface Bench {
  readonly parts: TestParts;
  readonly found: (text: string, ...names: readonly string[]) => Promise<void>;
  readonly start: () => Promise<void>;
  /** The present state as a request that keeps these files. */
  readonly request: (kept?: readonly Kept[]) => Promise<PhaseRequest>;
  readonly kept: (name: string, kind: Kept["kind"], tokens: number) => Promise<Kept>;
  readonly tokens: (name: string) => Promise<number>;
}

const findingTokens = 20;

async function bench(t: TestContext, files: Readonly<Record<string, string>>): Promise<Bench> {
  const parts = await openParts(t);
  const { phases, sessionId } = parts;
  const context = { ...parts, now: Date.now, newId: () => crypto.randomUUID() };
  const signal = AbortSignal.timeout(60_000);
  const file = async (name: string): Promise<FileView> => {
    await countMissingTokens(parts, (await parts.view()).files, signal);
    return parts.file(name);
  };
  await parts.add(files);
  return {
    parts,
    async found(text, ...names) {
      const views = await Promise.all(names.map((name) => parts.file(name)));
      const contentIds = views.map(({ content }) => content.contentId);
      await saveFinding(context, { sessionId, text, contentIds });
    },
    async start() {
      await startPhase(context, await parts.view(), "", signal);
    },
    async request(kept = []) {
      await countMissingTokens(parts, (await parts.view()).files, signal);
      const findings = await phases.findings(sessionId);
      return {
        phase: (await phases.phases(sessionId)).at(-1)?.number ?? 1,
        files: (await parts.view()).files,
        kept,
        findings,
        findingTokens: findings.length > 0 ? findingTokens : 0,
        saved: (await phases.snapshot(sessionId))?.savedFiles ?? [],
      };
    },
    kept: async (name, kind, tokens) => ({ view: await file(name), kind, tokens }),
    tokens: async (name) => (await file(name)).content.tokens ?? 0,
  };
}

const big = (word: string): string => `${word} and more of it\n`.repeat(500);

test("phase 1 saves nothing, whatever was found and digested", async (t) => {
  const { found, request, kept } = await bench(t, { "a.txt": big("a") });
  await found("Result", "a.txt");
  assert.deepEqual(savingsOf(await request([await kept("a.txt", "digest", 10)])), {
    tokens: 0,
    calls: 0,
  });
});

test("a file that an earlier finding was found in need not be read again", async (t) => {
  const { found, start, request, tokens } = await bench(t, {
    "a.txt": big("a"),
    "b.txt": big("b"),
  });
  await found("Result", "a.txt");
  await start();
  assert.deepEqual(savingsOf(await request()), {
    tokens: (await tokens("a.txt")) - findingTokens,
    calls: 1,
  });
});

test("a digest that an earlier phase saved stands for its file", async (t) => {
  const { start, request, kept, tokens } = await bench(t, { "a.txt": big("a") });
  await start();
  const digest = await kept("a.txt", "digest", 15);
  assert.deepEqual(savingsOf(await request([digest])), {
    tokens: (await tokens("a.txt")) - 15,
    calls: 1,
  });
});

test("a digest that was made in this phase saves nothing: the file was new, or has changed", async (t) => {
  const { parts, start, request, kept } = await bench(t, { "a.txt": big("a") });
  await start();
  await parts.add({ "a.txt": big("changed"), "new.txt": big("new") });
  const digests = [await kept("a.txt", "digest", 15), await kept("new.txt", "digest", 15)];
  assert.deepEqual(savingsOf(await request(digests)), { tokens: 0, calls: 0 });
});

test("a finding in a content that has changed spares its call, and no reading", async (t) => {
  const { parts, found, start, request } = await bench(t, { "a.txt": big("a") });
  await found("Result", "a.txt");
  await start();
  await parts.add({ "a.txt": big("changed") });
  assert.deepEqual(savingsOf(await request()), { tokens: 0, calls: 1 });
});

test("a file that stands whole saves no tokens, under whatever name", async (t) => {
  const { found, start, request, kept } = await bench(t, {
    "a.txt": big("a"),
    "same.txt": big("a"),
  });
  await found("Result", "a.txt");
  await start();
  for (const kind of ["full", "reference"] as const) {
    const savings = savingsOf(await request([await kept("same.txt", kind, 4_000)]));
    assert.deepEqual(savings, { tokens: 0, calls: 1 });
  }
});

test("equal files count once, less all that is shown of them", async (t) => {
  const { found, start, request, kept, tokens } = await bench(t, {
    "a.txt": big("a"),
    "same.txt": big("a"),
  });
  await found("Result", "a.txt");
  await start();
  const shown = [await kept("a.txt", "digest", 15), await kept("same.txt", "excerpt", 100)];
  assert.deepEqual(savingsOf(await request(shown)), {
    tokens: (await tokens("a.txt")) - 115 - findingTokens,
    calls: 2,
  });
});

test("an evicted file would not be read again", async (t) => {
  const { parts, found, start, request } = await bench(t, { "a.txt": big("a") });
  await found("Result", "a.txt");
  await start();
  const { id } = (await parts.file("a.txt")).file;
  await parts.registry.changeFiles([{ id, change: { evicted: true, context: "out" } }]);
  assert.deepEqual(savingsOf(await request()), { tokens: 0, calls: 1 });
});

test("savings are never negative", async (t) => {
  const { found, start, request } = await bench(t, { "tiny.txt": "x\n" });
  await found("Result", "tiny.txt");
  await start();
  assert.deepEqual(savingsOf(await request()), { tokens: 0, calls: 1 });
});

test("findings of the present phase save no call", async (t) => {
  const { found, start, request } = await bench(t, { "a.txt": big("a") });
  await found("One");
  await start();
  await found("Two", "a.txt");
  assert.deepEqual(savingsOf(await request()), { tokens: 0, calls: 1 });
});

test("the sentence says what was saved, and nothing if nothing was", () => {
  const sentences = [
    [
      { tokens: 41_200, calls: 3 },
      "Saved 41,200 tokens and 3 calls against analysing the files again",
    ],
    [{ tokens: 1, calls: 1 }, "Saved 1 token and 1 call against analysing the files again"],
    [{ tokens: 0, calls: 2 }, "Saved 2 calls against analysing the files again"],
    [{ tokens: 0, calls: 0 }, undefined],
  ] as const;
  for (const [savings, sentence] of sentences) assert.equal(savingsSentence(savings), sentence);
});
