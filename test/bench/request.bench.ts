import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { prepareRequest } from "../../src/core/context/prepare.ts";
import { defaultContextRules } from "../../src/core/context/set-scene.ts";
import { addFiles } from "../../src/core/files/add.ts";
import type { TokenCounter } from "../../src/core/ports/token-counter.ts";
import type { TestParts } from "../fixtures/parts.ts";
import { median, milliseconds } from "./numbers.ts";
import { settle, withParts } from "./places.ts";
import type { Row } from "./result.ts";
import { rounds } from "./rounds.ts";
import { mixedText } from "./sample-texts.ts";
import { type Watched, watchLoop } from "./watch-loop.ts";

const count = 100;
const tokensOfEach = 1000;
const wanted = 50;

/** A request with 100 files whose tokens are known, from the question to the messages. */
export function benchRequest(): Promise<readonly Row[]> {
  return withParts(async (parts) => {
    await addMany(parts);
    const first = await prepareOnce(parts);
    const later = await rounds(9, () => prepareOnce(parts));
    const busy = median(later.map((each) => each.busy));
    const wall = median(later.map((each) => each.wall));
    const longest = Math.max(...later.map((each) => each.longest));
    const tokens = first.value.toLocaleString("en");
    return [
      {
        what: "request of 100 files: host busy",
        measured: milliseconds(busy),
        target: `under ${wanted} ms`,
        ok: busy < wanted,
        detail: `${tokens} tokens, counts known; delayed by at most ${milliseconds(longest)} at a time`,
      },
      {
        what: "request of 100 files: ready to send after",
        measured: milliseconds(wall),
        target: `under ${wanted} ms`,
        ok: wall < wanted,
        detail: `threads warm, files and blobs cached; the first request, with counting, took ${milliseconds(first.wall)}`,
      },
    ];
  });
}

async function addMany(parts: TestParts): Promise<void> {
  const text = mixedText(200_000);
  const uris = await rounds(count, async (index) => {
    const start = Math.floor((index * (text.length - 10_000)) / count);
    const data = await cut(parts.tokens, text.slice(start, start + 10_000));
    const uri = await parts.write(`file-${index}.txt`, data);
    settle(fileURLToPath(uri));
    return uri;
  });
  const outcomes = await addFiles(
    { ...parts, confirm: async () => false },
    { sessionId: parts.sessionId, uris, maxBytes: 1_000_000 },
  );
  assert.ok(outcomes.every(({ kind }) => kind === "added"));
}

/** A start of the text that has about the wanted tokens. */
async function cut(tokens: TokenCounter, text: string): Promise<string> {
  const [whole = 1] = await tokens.count([text]);
  return text.slice(0, Math.floor((text.length * tokensOfEach) / whole));
}

/** The tokens of the request, with the time that it took to prepare it. */
async function prepareOnce(parts: TestParts): Promise<Watched<number>> {
  const input = {
    view: await parts.view(),
    question: "Which of these tables have the same columns?",
    turns: [{ question: "What do the files hold?", answer: "Tables and text. ".repeat(100) }],
    attached: [],
    target: {
      provider: "bench",
      model: "bench",
      maxInputTokens: 400_000,
      cacheLifetime: 300_000,
    },
    rules: defaultContextRules,
    maxBytes: 1_000_000,
    shares: { files: 1 },
    now: Date.now(),
  };
  const watched = await watchLoop(() =>
    prepareRequest({ ...parts, confirm: async () => false }, input),
  );
  const { kept, omitted, tokens } = watched.value;
  assert.equal(kept.length, count, `left out: ${JSON.stringify(omitted[0]?.reason)}`);
  assert.ok(tokens.total <= input.target.maxInputTokens, "over the window");
  return { ...watched, value: tokens.total };
}
