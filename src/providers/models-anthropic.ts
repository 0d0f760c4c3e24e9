import type { Prices } from "../core/ports/provider-chat.ts";
import type { ModelRow } from "./models.ts";

const date = "2026-11-20";
const docs = "https://platform.claude.com/docs/en/models";
const pricing = "https://platform.claude.com/docs/en/about-claude/pricing";
const october = "https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.23";
const november = "https://github.com/archid21/rightsize/releases/tag/v0.10.2";

// https://platform.claude.com/docs/en/build-with-claude/vision and .../pdf-support: every model that is served sees images, and so reads PDFs.
const takes = ["application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"] as const;
const common = { tokenizer: "approximate", takes, date } as const;
// Input and answer share the window.
const large = {
  ...common,
  window: 1_000_000,
  maxInputTokens: 872_000,
  maxOutputTokens: 128_000,
} as const;
const medium = {
  ...common,
  window: 200_000,
  maxInputTokens: 136_000,
  maxOutputTokens: 64_000,
} as const;

/** Writing to the cache for five minutes costs a quarter more than reading anew: https://platform.claude.com/docs/en/build-with-claude/prompt-caching. */
function priced(input: number, cached: number, output: number): Prices {
  return { input, cached, cacheWrite: input * 1.25, output };
}

/** Anthropic's models, newest first. A Mythos model is a Fable model for those whom Anthropic lets in: same limits, same prices. */
export const anthropicModels: readonly ModelRow[] = [
  ...fableAndMythos("5-2", {
    prices: priced(8, 0.2, 40),
    source: `${docs}/fable-5-2/whats-new-fable-5-2`,
    pricesSource: november,
  }),
  {
    ...large,
    id: "claude-haiku-5-5",
    name: "Claude Haiku 5.5",
    prices: priced(0.1, 0.01, 0.5),
    pricesUpTo: 100_000,
    source: `${docs}/haiku-5-5/overview`,
    pricesSource: october,
  },
  {
    ...large,
    id: "claude-sonnet-5-5",
    name: "Claude Sonnet 5.5",
    prices: priced(2, 0.1, 10),
    source: "https://vercel.com/ai-gateway/models/claude-sonnet-5.5.md",
    pricesSource: october,
  },
  {
    ...large,
    id: "claude-opus-5-5",
    name: "Claude Opus 5.5",
    prices: priced(4, 0.2, 20),
    source: `${docs}/haiku-5-5/overview`,
    pricesSource: "https://docs.rs/synaps/0.10.2/synaps_cli/pricing/index.html",
  },
  ...fableAndMythos("5-1", {
    prices: priced(10, 0.25, 50),
    source: `${docs}/haiku-5-5/overview`,
    pricesSource: pricing,
  }),
  {
    ...large,
    id: "claude-opus-5",
    name: "Claude Opus 5",
    prices: priced(5, 0.5, 25),
    source: `${docs}/opus-5/overview`,
  },
  {
    ...large,
    id: "claude-sonnet-5",
    name: "Claude Sonnet 5",
    prices: priced(2, 0.2, 10),
    source: "https://platform.claude.com/docs/zh-CN/models/sonnet-5/overview",
  },
  ...fableAndMythos("5", {
    prices: priced(10, 1, 50),
    source: `${docs}/fable-5/overview.md`,
    pricesSource: pricing,
  }),
  opus4("4-8"),
  opus4("4-7"),
  opus4("4-6"),
  {
    ...large,
    id: "claude-sonnet-4-6",
    name: "Claude Sonnet 4.6",
    prices: priced(3, 0.3, 15),
    source: "https://platform.claude.com/docs/zh-CN/models/sonnet-4-6/overview.md",
    pricesSource: pricing,
  },
  {
    ...medium,
    id: "claude-opus-4-5",
    name: "Claude Opus 4.5",
    prices: priced(5, 0.5, 25),
    source: "https://platform.claude.com/docs/pt-BR/models/opus-4-5/overview.md",
    pricesSource: pricing,
  },
  {
    ...medium,
    id: "claude-haiku-4-5",
    name: "Claude Haiku 4.5",
    prices: priced(1, 0.1, 5),
    source: `${docs}/opus-5/overview`,
    pricesSource: pricing,
  },
  {
    // To be retired on 2026-11-30.
    ...medium,
    id: "claude-sonnet-4-5",
    name: "Claude Sonnet 4.5",
    prices: priced(3, 0.3, 15),
    source: "https://platform.claude.com/docs/zh-CN/models/sonnet-4-5/overview.md",
    pricesSource: pricing,
  },
];

const unforceable = new Set(
  ["fable-5-2", "mythos-5-2", "fable-5-1", "mythos-5-1", "opus-5-5"].map(
    (name) => `claude-${name}`,
  ),
);

/**
 * False for models that think before every answer: they refuse a request that forces a tool call, and want to be asked in words instead.
 * https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5#forced-tool-use-is-not-supported
 */
export function canBeForced(model: string): boolean {
  return !unforceable.has(model);
}

type Facts = Pick<ModelRow, "prices" | "source" | "pricesSource">;

function fableAndMythos(version: string, facts: Facts): readonly ModelRow[] {
  return [rowFor("Fable", version, facts), rowFor("Mythos", version, facts)];
}

function opus4(version: string): ModelRow {
  const source = `${docs}/opus-${version}/overview.md`;
  return rowFor("Opus", version, { prices: priced(5, 0.5, 25), source, pricesSource: pricing });
}

function rowFor(line: string, version: string, facts: Facts): ModelRow {
  return {
    ...large,
    id: `claude-${line.toLowerCase()}-${version}`,
    name: `Claude ${line} ${version.replace("-", ".")}`,
    ...facts,
  };
}
