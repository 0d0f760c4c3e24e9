import type { Model, Prices } from "../core/ports/provider-chat.ts";
import { geminiDocuments, geminiImages, geminiRecordings } from "./gemini-media.ts";
import { modelFrom, type ModelRow, rowOf } from "./models.ts";

const date = "2026-11-20";
const docs = "https://ai.google.dev/gemini-api/docs/models";
const pricesSource = "https://ai.google.dev/gemini-api/docs/pricing";
const harvest =
  "https://github.com/api-evangelist/deepmind/blob/main/plans/deepmind-plans-pricing.yml";
const modelsDev = "https://github.com/anomalyco/models.dev/blob/dev/providers/google/models";
const litellm = "https://github.com/BerriAI/litellm/discussions";

const common = {
  window: 1_048_576,
  maxInputTokens: 1_048_576,
  maxOutputTokens: 65_536,
  tokenizer: "approximate",
  takes: [...geminiDocuments, ...geminiImages, ...geminiRecordings],
  pricesSource,
  date,
} as const;

function priced(input: number, cached: number, output: number): Prices {
  return { input, cached, output };
}

const flash = priced(0.75, 0.075, 3.75);

/**
 * Google's Gemini models for chat, newest first. What the API itself tells of a model's limits goes before its row. Prices are those of the paid
 * tier; thoughts are billed as output.
 */
export const geminiModels: readonly ModelRow[] = [
  {
    ...common,
    id: "gemini-4-argon",
    name: "Gemini 4 Argon",
    // Input and answer share the window; an answer has 65,536 tokens unless more are asked for.
    maxInputTokens: 983_040,
    prices: priced(2, 0.1, 10),
    source: "https://ai.google.dev/gemini-api/docs/generate-content/latest-model",
    pricesSource: `${litellm}/46238`,
  },
  {
    ...common,
    id: "gemini-3.8-flash",
    name: "Gemini 3.8 Flash",
    prices: flash,
    source: `${docs}/gemini-3.8-flash`,
    pricesSource: `${modelsDev}/gemini-3.8-flash.toml`,
  },
  {
    // Answered by Gemini 3.8 Flash, at its price.
    ...common,
    id: "gemini-3.7-flash",
    name: "Gemini 3.7 Flash",
    prices: flash,
    source: `${docs}/gemini-3.7-flash`,
    pricesSource: "https://docs.litellm.ai/blog/gemini_3_7_flash",
  },
  {
    ...common,
    id: "gemini-3.6-flash",
    name: "Gemini 3.6 Flash",
    prices: flash,
    source: `${modelsDev}/gemini-3.6-flash.toml`,
  },
  {
    ...common,
    id: "gemini-3.5-flash-lite",
    name: "Gemini 3.5 Flash-Lite",
    prices: priced(0.3, 0.03, 2.5),
    source: "https://docs.apiyi.com/en/models/gemini-3-5-flash-lite.md",
    pricesSource: harvest,
  },
  {
    ...common,
    id: "gemini-3.5-flash",
    name: "Gemini 3.5 Flash",
    prices: priced(1.5, 0.15, 9),
    source: `${modelsDev}/gemini-3.5-flash.toml`,
    pricesSource: harvest,
  },
  {
    ...common,
    id: "gemini-3.1-flash-lite",
    name: "Gemini 3.1 Flash-Lite",
    prices: priced(0.25, 0.025, 1.5),
    source: `${modelsDev}/gemini-3.1-flash-lite.toml`,
  },
  {
    ...common,
    id: "gemini-3.1-pro-preview",
    name: "Gemini 3.1 Pro Preview",
    prices: priced(2, 0.2, 12),
    pricesUpTo: 200_000,
    source: `${modelsDev}/gemini-3.1-pro-preview.toml`,
    pricesSource: harvest,
  },
  {
    ...common,
    id: "gemini-3-flash-preview",
    name: "Gemini 3 Flash Preview",
    prices: priced(0.5, 0.05, 3),
    source: `${modelsDev}/gemini-3-flash-preview.toml`,
  },
  {
    ...common,
    id: "gemini-2.5-flash-lite",
    name: "Gemini 2.5 Flash-Lite",
    prices: priced(0.1, 0.01, 0.4),
    source: `${modelsDev}/gemini-2.5-flash-lite.toml`,
  },
  {
    // Shut down on 2026-12-01: from then on Gemini 3.5 Flash-Lite answers, at its price.
    ...common,
    id: "gemini-2.5-flash",
    name: "Gemini 2.5 Flash",
    prices: priced(0.3, 0.03, 2.5),
    source: `${modelsDev}/gemini-2.5-flash.toml`,
  },
  {
    // Shut down on 2026-12-01: from then on Gemini 3.8 Flash answers, at its price.
    ...common,
    id: "gemini-2.5-pro",
    name: "Gemini 2.5 Pro",
    prices: priced(1.25, 0.125, 10),
    pricesUpTo: 200_000,
    source: `${modelsDev}/gemini-2.5-pro.toml`,
    pricesSource: harvest,
  },
];

/** Launch prices end on days that Google has named, and two models are answered by others from a day on. */
const laterPrices: readonly (readonly [id: string, day: string, prices: Prices])[] = [
  ["gemini-4-argon", "2026-12-01", priced(4, 0.2, 20)],
  ["gemini-2.5-pro", "2027-01-01", priced(1.5, 0.15, 7.5)],
  ["gemini-2.5-pro", "2026-12-01", flash],
  ["gemini-3.8-flash", "2027-01-01", priced(1.5, 0.15, 7.5)],
  ["gemini-3.7-flash", "2027-01-01", priced(1.5, 0.15, 7.5)],
  ["gemini-3.6-flash", "2027-01-01", priced(1.5, 0.15, 7.5)],
];

/** What the API tells of a model. */
export interface ListedModel {
  readonly id: string;
  readonly name?: string | undefined;
  readonly maxInputTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** Models that answer with something else than text, or only over another protocol. */
const otherUse =
  /audio|computer-use|deep-research|embedding|image|imagen|live|lyria|nano-banana|omni|robotics|translate|tts|veo/;

/** The models that can chat, of all those that an account lists: known ones first, in the catalog's order, then the others by id. */
export function offeredByGemini(
  listed: readonly ListedModel[],
  now: number = Date.now(),
): readonly Model[] {
  const rank = ({ id }: ListedModel): number => {
    const row = rowOf(geminiModels, id);
    return row === undefined ? geminiModels.length : geminiModels.indexOf(row);
  };
  return listed
    .filter(({ id }) => !otherUse.test(id))
    .toSorted((one, other) => rank(one) - rank(other) || (one.id < other.id ? -1 : 1))
    .map((model) => modelOf(model, now));
}

/** The API knows no window that input and answer share, so the smaller number goes. */
function modelOf({ id, name, maxInputTokens, maxOutputTokens }: ListedModel, now: number): Model {
  const known = { ...modelFrom(geminiModels, id), ...pricesFrom(id, now) };
  if (maxInputTokens === undefined || maxOutputTokens === undefined) return known;
  if (known.guessed) {
    return { ...known, name: name ?? id, maxInputTokens, maxOutputTokens, guessed: false };
  }
  const most = Math.min(maxInputTokens, known.maxInputTokens);
  return { ...known, maxInputTokens: most, maxOutputTokens };
}

function pricesFrom(id: string, now: number): Pick<Model, "prices"> {
  const row = rowOf(geminiModels, id)?.id;
  const later = laterPrices.find(([model, day]) => model === row && now >= Date.parse(day));
  return later === undefined ? {} : { prices: later[2] };
}
