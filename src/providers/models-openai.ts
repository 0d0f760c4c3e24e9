import type { Model, Prices } from "../core/ports/provider-chat.ts";
import { addressOf } from "./address.ts";
import { officeTypes, pdfAndImages } from "./media-types.ts";
import { modelFrom, modelsFrom, rowOf, type ModelRow } from "./models.ts";

const date = "2026-11-20";
const tokenizer = "o200k_base";
const docs = "https://developers.openai.com/api/docs/models";
const gateway = "https://vercel.com/ai-gateway/models";
const modelsDev = "https://github.com/anomalyco/models.dev/blob/dev/providers/openai/models";
const promptFuel = "https://github.com/TheKrush/PromptFuel/releases/tag";

type Limits = Pick<ModelRow, "window" | "maxInputTokens" | "maxOutputTokens">;

/**
 * All of these see images, and what sees images reads PDFs: https://developers.openai.com/docs/guides/pdf-files. Of Office files the server gives
 * any model the text.
 */
const takes: readonly string[] = [...pdfAndImages, ...officeTypes];
const common = { tokenizer, takes, date } as const;

// The page of gpt-6.2-sol names the maximum input itself. Above 272,000 tokens the input of the whole request costs twice as much.
const large = { ...common, ...shared(1_050_000, 128_000), pricesUpTo: 272_000 } as const;
const medium = { ...common, ...shared(400_000, 128_000) } as const;
const gpt41 = { ...common, ...shared(1_047_576, 32_768) } as const;
const gpt4o = { ...common, ...shared(128_000, 16_384) } as const;

/** Input and answer share one window. */
function shared(window: number, maxOutputTokens: number): Limits {
  return { window, maxInputTokens: window - maxOutputTokens, maxOutputTokens };
}

/** Since GPT-5.6, writing to the prompt cache costs a quarter more: https://developers.openai.com/api/docs/guides/prompt-caching. */
function withWrites(input: number, cached: number, output: number): Prices {
  return { input, cached, cacheWrite: input * 1.25, output };
}

function plain(input: number, cached: number, output: number): Prices {
  return { input, cached, output };
}

/**
 * OpenAI's models for Chat Completions, newest first, as far as public pages tell their limits. Models that were shut down, and those
 * that only the Responses API serves, are left out. Prices are those of the standard tier.
 */
export const openAiModels: readonly ModelRow[] = [
  {
    id: "gpt-6.2-astra",
    name: "GPT-6.2 Astra",
    ...large,
    prices: withWrites(8, 0.4, 40),
    source: `${gateway}/gpt-6.2-astra.md`,
    pricesSource: "https://github.com/BerriAI/litellm/discussions/52347",
  },
  {
    id: "gpt-6.2-sol",
    name: "GPT-6.2 Sol",
    ...large,
    prices: withWrites(2, 0.1, 10),
    source: `${docs}/gpt-6.2-sol.md`,
  },
  {
    id: "gpt-6.1-sol",
    name: "GPT-6.1 Sol",
    ...large,
    prices: withWrites(2, 0.1, 10),
    source: `${gateway}/gpt-6.1-sol.md`,
    pricesSource: "https://docs.litellm.ai/blog/gpt_6_1_sol",
  },
  {
    id: "gpt-6.1-terra",
    name: "GPT-6.1 Terra",
    ...large,
    prices: withWrites(1, 0.05, 5),
    source: "https://docs.venice.ai/de/models/gpt-6-1-terra",
    pricesSource: "https://docs.litellm.ai/blog/gpt-6-1-terra",
  },
  {
    id: "gpt-6-astra",
    name: "GPT-6 Astra",
    ...large,
    prices: withWrites(10, 1, 50),
    source: docs,
    pricesSource: `${modelsDev}/gpt-6-astra.toml`,
  },
  {
    id: "gpt-6-sol",
    name: "GPT-6 Sol",
    ...large,
    prices: withWrites(2, 0.2, 10),
    source: "https://developers.openai.com/docs/models/gpt-6-sol",
    pricesSource: `${promptFuel}/v1.0.21`,
  },
  {
    id: "gpt-6-luna",
    name: "GPT-6 Luna",
    ...large,
    prices: withWrites(0.1, 0.01, 0.5),
    source: `${gateway}/gpt-6-luna-fast.md`,
    pricesSource: `${promptFuel}/v1.0.21`,
  },
  {
    id: "gpt-5.6",
    name: "GPT-5.6",
    ...large,
    prices: withWrites(2, 0.2, 10),
    source: docs,
    pricesSource: `${modelsDev}/gpt-5.6.toml`,
  },
  {
    id: "gpt-5.6-sol",
    name: "GPT-5.6 Sol",
    ...large,
    prices: withWrites(2, 0.2, 10),
    source: docs,
    pricesSource: `${modelsDev}/gpt-5.6-sol.toml`,
  },
  {
    id: "gpt-5.6-terra",
    name: "GPT-5.6 Terra",
    ...large,
    prices: withWrites(2, 0.2, 12),
    source: docs,
    pricesSource: `${promptFuel}/v1.0.19`,
  },
  {
    id: "gpt-5.6-luna",
    name: "GPT-5.6 Luna",
    ...large,
    prices: withWrites(0.2, 0.02, 1.2),
    source: `${docs}/gpt-5.6-luna`,
    pricesSource: `${promptFuel}/v1.0.19`,
  },
  {
    id: "gpt-5.5",
    name: "GPT-5.5",
    ...large,
    prices: plain(5, 0.5, 30),
    source: "https://docs.oxen.ai/inference-api/reference/models/gpt-5-5-2026-04-23",
    pricesSource: `${modelsDev}/gpt-5.5.toml`,
  },
  // This source allows no larger input than other models of that time take, although the window is larger.
  {
    id: "gpt-5.4",
    name: "GPT-5.4",
    ...medium,
    window: 1_050_000,
    prices: plain(2.5, 0.25, 15),
    source: `${modelsDev}/gpt-5.4.toml`,
  },
  {
    id: "gpt-5.4-mini",
    name: "GPT-5.4 mini",
    ...medium,
    prices: plain(0.75, 0.075, 4.5),
    source: "https://docs.oxen.ai/inference-api/reference/models/gpt-5-4-mini.md",
    pricesSource: "https://www.morphllm.com/openai-api-pricing",
  },
  {
    id: "gpt-5.2",
    name: "GPT-5.2",
    ...medium,
    prices: plain(1.75, 0.175, 14),
    source: `${modelsDev}/gpt-5.2.toml`,
  },
  {
    id: "gpt-5.1",
    name: "GPT-5.1",
    ...medium,
    prices: plain(1.25, 0.125, 10),
    source: `${modelsDev}/gpt-5.1.toml`,
  },
  {
    id: "gpt-5",
    name: "GPT-5",
    ...medium,
    prices: plain(1.25, 0.125, 10),
    source: `${gateway}/gpt-5-fast.md`,
    pricesSource: `${modelsDev}/gpt-5.toml`,
  },
  {
    id: "gpt-5-mini",
    name: "GPT-5 mini",
    ...medium,
    prices: plain(0.25, 0.025, 2),
    source: "https://developers.openai.com/ko-KR/api/docs/models/gpt-5-mini",
    pricesSource: `${modelsDev}/gpt-5-mini.toml`,
  },
  {
    id: "gpt-5-nano",
    name: "GPT-5 nano",
    ...medium,
    prices: plain(0.05, 0.005, 0.4),
    source: `${gateway}/gpt-5-nano.md`,
    pricesSource: `${modelsDev}/gpt-5-nano.toml`,
  },
  {
    id: "gpt-4.1",
    name: "GPT-4.1",
    ...gpt41,
    prices: plain(2, 0.5, 8),
    source: "https://contextwindows.dev/models/gpt-4-1",
    pricesSource: "https://gist.github.com/ei-grad/9a7c000f3487bc01221c7bb5e2b3d74a",
  },
  {
    id: "gpt-4.1-mini",
    name: "GPT-4.1 mini",
    ...gpt41,
    prices: plain(0.4, 0.1, 1.6),
    source: `${gateway}/gpt-4.1-mini-fast.md`,
    pricesSource: `${gateway}/gpt-4.1-mini/api`,
  },
  {
    id: "gpt-4o",
    name: "GPT-4o",
    ...gpt4o,
    prices: plain(2.5, 1.25, 10),
    source: `${modelsDev}/gpt-4o.toml`,
    pricesSource: "https://docs.rs/crate/openai-models/0.1.1/source/src/lib.rs",
  },
  {
    id: "gpt-4o-mini",
    name: "GPT-4o mini",
    ...gpt4o,
    prices: plain(0.15, 0.075, 0.6),
    source: `${gateway}/gpt-4o-mini-fast.md`,
    pricesSource: "https://docs.rs/crate/openai-models/0.1.1/source/src/lib.rs",
  },
  {
    id: "o3",
    name: "o3",
    ...common,
    ...shared(200_000, 100_000),
    prices: plain(2, 0.5, 8),
    source: `${modelsDev}/o3.toml`,
  },
];

const chatFamily = /^(?:gpt-\d|o\d|chatgpt-|chat-latest)/;
const otherUse =
  /audio|codex|computer-use|cyber|deep-research|embedding|image|instruct|live|moderation|-pro|realtime|rosalind|search|transcribe|tts|whisper/;

/** The model with this id at another server that speaks OpenAI's protocol: its limits hold there, too, its prices do not. */
export function compatibleModel(id: string): Model {
  const { prices: _openAiPrices, ...model } = modelFrom(openAiModels, id);
  return model;
}

/** The models that can chat, of all those that OpenAI itself lists: known ones first, in the catalog's order, then new ones by id. */
export function offeredByOpenAi(ids: readonly string[]): readonly Model[] {
  const offered = ids.filter(
    (id) => rowOf(openAiModels, id) !== undefined || (chatFamily.test(id) && !otherUse.test(id)),
  );
  return modelsFrom(openAiModels, offered);
}

/** True for OpenAI's own servers, the regional ones too. */
export function isOpenAiAddress(baseUrl: string): boolean {
  return /(?:^|\.)api\.openai\.com$/.test(addressOf(baseUrl)?.hostname ?? "");
}
