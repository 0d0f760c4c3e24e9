import * as fc from "fast-check";
import type { Block, LedgerMessage, ShownFile } from "../../src/core/context/ledger/ledger.ts";
import type { SentRequest } from "../../src/core/ports/request-log.ts";
import { idOf } from "./samples.ts";

/** Any string: of every plane, with halves of characters, with NUL, with line ends. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom("\ud800", "\udfff", "\0", "\ufeff", "\r\n", "A", "é", "\u0600", "🎒"))
    .map((pieces) => pieces.join("")),
);

const count = fc.nat({ max: 2 ** 40 });
const name = fc.string({ unit: "grapheme" });

const file: fc.Arbitrary<ShownFile> = fc.record(
  {
    id: anyText,
    path: anyText,
    contentId: anyText.map((text) => idOf(text)),
    representation: fc.constantFrom("full", "excerpt", "digest", "reference", "stub"),
    lines: fc.tuple(count, count),
    extractorVersion: count,
    native: fc.record({ mediaType: anyText, id: anyText }),
  },
  { requiredKeys: ["id", "path", "contentId", "representation"] },
);

const block: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom("instructions", "file", "stubs", "question", "answer", "tool-result"),
  text: anyText,
  tokens: count,
  files: fc.array(file, { maxLength: 2 }),
});

const message: fc.Arbitrary<LedgerMessage> = fc.record(
  {
    role: fc.constantFrom("system", "user", "assistant", "tool"),
    blocks: fc.array(block, { minLength: 1, maxLength: 3 }),
    tokens: count,
    toolCalls: fc.array(fc.record({ id: anyText, name: anyText, input: anyText }), {
      maxLength: 2,
    }),
    toolCallId: anyText,
  },
  { requiredKeys: ["role", "blocks", "tokens"] },
);

const messages = fc.array(message, { maxLength: 3 });

const required = [
  "id",
  "sessionId",
  "keeps",
  "epoch",
  "provider",
  "model",
  "maxInputTokens",
  "tokens",
  "expectedCached",
  "digest",
  "leftOut",
  "uses",
  "answered",
  "createdAt",
  "added",
  "answer",
] as const;

const price = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });

/** Any request that has not been answered, and begins a conversation. */
export const anyRequest: fc.Arbitrary<SentRequest> = fc.record(
  {
    id: fc.uuid(),
    sessionId: fc.constant("s"),
    keeps: fc.constant(0),
    epoch: count,
    cause: fc.constantFrom("first", "history", "window", "pays", "cold", "asked"),
    provider: name,
    model: name,
    maxInputTokens: count,
    tokens: count,
    expectedCached: count,
    digest: anyText.map((text) => idOf(text)),
    leftOut: fc.array(
      fc.record({ fileId: anyText, path: anyText, isKnown: fc.boolean(), reason: anyText }),
    ),
    uses: fc.array(anyText),
    prices: fc.record(
      { input: price, cached: price, cacheWrite: price, output: price },
      { requiredKeys: ["input", "output"] },
    ),
    answered: fc.constant(false),
    createdAt: count,
    added: messages,
    answer: fc.constant([]),
  },
  { requiredKeys: [...required] },
);

/** The answer to a request, with its bill. */
export const anyAnswer: fc.Arbitrary<Pick<SentRequest, "answered" | "answer" | "usage">> =
  fc.record(
    {
      answered: fc.constant(true),
      answer: messages,
      usage: fc.record(
        { input: count, cached: count, cacheWritten: count, output: count },
        { requiredKeys: ["input", "cached", "output"] },
      ),
    },
    { requiredKeys: ["answered", "answer"] },
  );
