import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareRequest, type PreparedRequest } from "../../../src/core/context/prepare.ts";
import { defaultContextRules } from "../../../src/core/context/set-scene.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";

async function ask(
  parts: TestParts,
  question: string,
  maxInputTokens: number,
): Promise<PreparedRequest> {
  return prepareRequest(
    { ...parts, confirm: answering(true).confirm },
    {
      view: await parts.view(),
      question,
      turns: [],
      attached: [],
      target: { provider: "test", model: "test", maxInputTokens, cacheLifetime: 1_000 },
      shares: { files: 0.4 },
      rules: defaultContextRules,
      maxBytes,
      now: 1_000,
    },
  );
}

const filler = (word: string): string =>
  Array.from({ length: 900 }, (_, line) => `${word} line ${line + 1} says nothing`).join("\n");

test("of a file that has no room the lines around the words of the question are quoted, with their numbers", async (t) => {
  const parts = await openParts(t);
  const text = filler("ledger").replace("line 500 says", "line 500: the walrus says");
  await parts.add({ "big.log": text, "other.log": filler("other") });
  const { kept, messages, tokens, log } = await ask(parts, "Where is the walrus?", 6_000);
  const excerpt = kept.find(({ path }) => path === "big.log");
  assert.equal(excerpt?.kind, "excerpt");
  assert.ok((tokens.tiers.excerpts ?? 0) > 0);
  const content = messages.find((message) => message.content.includes("walrus says"))?.content;
  assert.match(content ?? "", /^<excerpt-\d+ name="big\.log" lines="497-503">\nledger line 497 /u);
  const lines = log
    .flatMap(({ blocks }) => blocks.flatMap(({ files }) => files))
    .map((file) => file.lines);
  assert.deepEqual(
    lines.filter((range) => range !== undefined),
    [[497, 503]],
  );
});

test("where everything has room nothing is quoted", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "big.log": `${filler("ledger")}\nwalrus`, "other.log": filler("other") });
  const { kept } = await ask(parts, "Where is the walrus?", 100_000);
  assert.deepEqual(
    kept.map(({ kind }) => kind),
    ["full", "full"],
  );
});

test("a question whose words stand nowhere quotes nothing", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "big.log": filler("ledger") });
  const { kept, omitted } = await ask(parts, "Zebra?", 2_000);
  assert.deepEqual(kept, []);
  assert.equal(omitted[0]?.reason.kind, "misfit");
});

test("hidden characters are written out, and told", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "ignore\u{E0041}\u200B this\n" });
  const { hidden, messages } = await ask(parts, "Why?", 100_000);
  assert.deepEqual(hidden, [{ path: "a.md", count: 2 }]);
  assert.ok(messages.some(({ content }) => content.includes("ignore⟦U+E0041⟧⟦U+200B⟧ this")));
});
