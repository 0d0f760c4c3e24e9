import type { Model } from "../core/ports/provider-chat.ts";
import { addressOf } from "./address.ts";

/** What is documented of one model. */
export interface ModelRow {
  /** The id; snapshots of the model carry a date behind it. */
  readonly id: string;
  readonly name: string;
  /** Tokens that a request may hold. Input and answer share one window: this is what the longest answer leaves of it. */
  readonly maxInputTokens: number;
  /** Tokens that an answer may hold. */
  readonly maxOutputTokens: number;
  /** Where the numbers were read. */
  readonly source: string;
  /** When they were read. */
  readonly date: string;
}

const date = "2026-11-20";
const docs = "https://developers.openai.com/api/docs/models";
const gateway = "https://vercel.com/ai-gateway/models";
const modelsDev = "https://github.com/anomalyco/models.dev/blob/dev/providers/openai/models";
// A window of 1,050,000 tokens; the page of gpt-6.2-sol names the maximum input itself.
const large = { maxInputTokens: 922_000, maxOutputTokens: 128_000, date } as const;
// A window of 400,000 tokens.
const medium = { maxInputTokens: 272_000, maxOutputTokens: 128_000, date } as const;
// A window of 1,047,576 tokens.
const gpt41 = { maxInputTokens: 1_014_808, maxOutputTokens: 32_768, date } as const;
// A window of 128,000 tokens.
const gpt4o = { maxInputTokens: 111_616, maxOutputTokens: 16_384, date } as const;

/**
 * OpenAI's models for Chat Completions, newest first, as far as public pages tell their limits. Models that were shut down, and those
 * that only the Responses API serves, are left out.
 */
export const modelCatalog: readonly ModelRow[] = [
  { id: "gpt-6.2-astra", name: "GPT-6.2 Astra", ...large, source: `${gateway}/gpt-6.2-astra.md` },
  { id: "gpt-6.2-sol", name: "GPT-6.2 Sol", ...large, source: `${docs}/gpt-6.2-sol.md` },
  { id: "gpt-6.1-sol", name: "GPT-6.1 Sol", ...large, source: `${gateway}/gpt-6.1-sol.md` },
  {
    id: "gpt-6.1-terra",
    name: "GPT-6.1 Terra",
    ...large,
    source: "https://docs.venice.ai/de/models/gpt-6-1-terra",
  },
  { id: "gpt-6-astra", name: "GPT-6 Astra", ...large, source: docs },
  {
    id: "gpt-6-sol",
    name: "GPT-6 Sol",
    ...large,
    source: "https://developers.openai.com/docs/models/gpt-6-sol",
  },
  { id: "gpt-6-luna", name: "GPT-6 Luna", ...large, source: `${gateway}/gpt-6-luna-fast.md` },
  { id: "gpt-5.6", name: "GPT-5.6", ...large, source: docs },
  { id: "gpt-5.6-sol", name: "GPT-5.6 Sol", ...large, source: docs },
  { id: "gpt-5.6-terra", name: "GPT-5.6 Terra", ...large, source: docs },
  { id: "gpt-5.6-luna", name: "GPT-5.6 Luna", ...large, source: `${docs}/gpt-5.6-luna` },
  {
    id: "gpt-5.5",
    name: "GPT-5.5",
    ...large,
    source: "https://docs.oxen.ai/inference-api/reference/models/gpt-5-5-2026-04-23",
  },
  // The window is larger, but this source allows no larger input.
  { id: "gpt-5.4", name: "GPT-5.4", ...medium, source: `${modelsDev}/gpt-5.4.toml` },
  {
    id: "gpt-5.4-mini",
    name: "GPT-5.4 mini",
    ...medium,
    source: "https://docs.oxen.ai/inference-api/reference/models/gpt-5-4-mini.md",
  },
  { id: "gpt-5.2", name: "GPT-5.2", ...medium, source: `${modelsDev}/gpt-5.2.toml` },
  { id: "gpt-5.1", name: "GPT-5.1", ...medium, source: `${modelsDev}/gpt-5.1.toml` },
  { id: "gpt-5", name: "GPT-5", ...medium, source: `${gateway}/gpt-5-fast.md` },
  {
    id: "gpt-5-mini",
    name: "GPT-5 mini",
    ...medium,
    source: "https://developers.openai.com/ko-KR/api/docs/models/gpt-5-mini",
  },
  { id: "gpt-5-nano", name: "GPT-5 nano", ...medium, source: `${gateway}/gpt-5-nano.md` },
  { id: "gpt-4.1", name: "GPT-4.1", ...gpt41, source: "https://contextwindows.dev/models/gpt-4-1" },
  { id: "gpt-4.1-mini", name: "GPT-4.1 mini", ...gpt41, source: `${gateway}/gpt-4.1-mini-fast.md` },
  { id: "gpt-4o", name: "GPT-4o", ...gpt4o, source: `${modelsDev}/gpt-4o.toml` },
  { id: "gpt-4o-mini", name: "GPT-4o mini", ...gpt4o, source: `${gateway}/gpt-4o-mini-fast.md` },
  {
    id: "o3",
    name: "o3",
    maxInputTokens: 100_000,
    maxOutputTokens: 100_000,
    date,
    source: `${modelsDev}/o3.toml`,
  },
];

/** Small enough for nearly every model that is served today. */
const unknownLimits = { maxInputTokens: 32_768, maxOutputTokens: 4_096 } as const;

const snapshot = /-\d{4}-\d{2}-\d{2}$/;
const chatFamily = /^(?:gpt-\d|o\d|chatgpt-|chat-latest)/;
const otherUse =
  /audio|codex|computer-use|cyber|deep-research|embedding|image|instruct|live|moderation|-pro|realtime|rosalind|search|transcribe|tts|whisper/;

/** The model with this id; with cautious limits, and `guessed`, if the catalog does not know it. */
export function modelOf(id: string): Model {
  const row = rowOf(id);
  if (row === undefined) return { id, name: id, ...unknownLimits, guessed: true };
  const { maxInputTokens, maxOutputTokens } = row;
  const day = id === row.id ? "" : ` (${id.slice(row.id.length + 1)})`;
  return { id, name: row.name + day, maxInputTokens, maxOutputTokens, guessed: false };
}

/** The models that can chat, of all those that OpenAI itself lists: known ones first, in the catalog's order, then new ones by id. */
export function offeredByOpenAi(ids: readonly string[]): readonly Model[] {
  return ids
    .filter((id) => rowOf(id) !== undefined || (chatFamily.test(id) && !otherUse.test(id)))
    .toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .map(modelOf);
}

/** True for OpenAI's own servers, the regional ones too. */
export function isOpenAiAddress(baseUrl: string): boolean {
  return /(?:^|\.)api\.openai\.com$/.test(addressOf(baseUrl)?.hostname ?? "");
}

function rowOf(id: string): ModelRow | undefined {
  const plain = id.replace(snapshot, "");
  return modelCatalog.find((row) => row.id === plain);
}

function rank(id: string): number {
  const row = rowOf(id);
  return row === undefined ? modelCatalog.length : modelCatalog.indexOf(row);
}
