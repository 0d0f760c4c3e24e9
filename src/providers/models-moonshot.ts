import type { Model } from "../core/ports/provider-chat.ts";
import { addressOf } from "./address.ts";
import { modelFrom, rowOf, type ModelRow } from "./models.ts";

const date = "2026-11-20";
const images = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;
const videos = ["video/*"] as const;
const prices = "https://platform.kimi.ai/docs/pricing/chat";
const models = "https://platform.kimi.ai/docs/models";

/**
 * Kimi charges the longest answer that a request allows against the limit of tokens a minute before the answer begins, so the answers are kept to what
 * the server itself takes when it is not told: https://platform.kimi.ai/docs/guide/kimi-k3-quickstart. They could be as long as the window.
 */
const large = { ...shared(1_048_576, 131_072), tokenizer: "approximate", date } as const;
const medium = { ...shared(262_144, 32_768), tokenizer: "approximate", date } as const;

/** Kimi's models, newest first. Writing to the cache for five minutes costs what other input costs. */
export const moonshotModels: readonly ModelRow[] = [
  {
    ...large,
    id: "kimi-k3.1-pro",
    name: "Kimi K3.1 Pro",
    takes: images,
    prices: { input: 2, cached: 0.2, output: 10 },
    source: "https://runware.ai/docs/models/moonshotai-kimi-k3-1-pro.md",
    pricesSource: "https://docs.apiyi.com/en/api-capabilities/kimi-k3-1/overview",
  },
  {
    ...large,
    id: "kimi-k3.1-pro-highspeed",
    name: "Kimi K3.1 Pro Highspeed",
    takes: images,
    prices: { input: 4, cached: 0.2, output: 20 },
    source: "https://apidog.com/blog/kimi-k3-1-pro-api/",
    pricesSource: "https://docs.apiyi.com/en/api-capabilities/kimi-k3-1/overview",
  },
  {
    ...large,
    id: "kimi-k3",
    name: "Kimi K3",
    takes: [...images, ...videos],
    prices: { input: 3, cached: 0.3, output: 15 },
    source: models,
    pricesSource: `${prices}-k3`,
  },
  {
    ...medium,
    id: "kimi-k2.7-code",
    name: "Kimi K2.7 Code",
    takes: [...images, ...videos],
    prices: { input: 0.95, cached: 0.19, output: 4 },
    source: models,
    pricesSource: prices,
  },
  {
    ...medium,
    id: "kimi-k2.7-code-highspeed",
    name: "Kimi K2.7 Code Highspeed",
    takes: [...images, ...videos],
    prices: { input: 1.9, cached: 0.38, output: 8 },
    source: models,
    pricesSource: prices,
  },
  {
    ...medium,
    id: "kimi-k2.6",
    name: "Kimi K2.6",
    takes: [...images, ...videos],
    prices: { input: 0.95, cached: 0.16, output: 4 },
    source: models,
    pricesSource: prices,
  },
];

/** Tokens of the longest answer of a model that no row knows: most of it may be thought that nobody sees. */
const unknownOutput = 16_384;

/** What the server says of one of its models. */
// https://platform.kimi.ai/docs/api/list-models
export interface ListedModel {
  readonly id: string;
  /** Tokens that a request and its answer may hold together. */
  readonly window: number | undefined;
  /** Undefined where the server does not say. */
  readonly takesImages: boolean | undefined;
  readonly takesVideos: boolean | undefined;
}

/** A model of the list. What the server says of it counts more than the row. */
export function moonshotModel(listed: ListedModel, baseUrl: string): Model {
  const { prices: dollars, ...known } = modelFrom(moonshotModels, listed.id);
  const output = outputLimit(listed.id);
  const { window } = listed;
  const maxOutputTokens = window === undefined ? output : Math.min(output, Math.floor(window / 4));
  const takes = takenBy(listed) ?? known.takes;
  return {
    ...known,
    maxOutputTokens,
    maxInputTokens: window === undefined ? known.maxInputTokens : window - maxOutputTokens,
    ...(takes && { takes }),
    ...(dollars && !isChinese(baseUrl) && { prices: dollars }),
  };
}

/** Tokens that an answer of this model may hold. */
export function outputLimit(id: string): number {
  return rowOf(moonshotModels, id)?.maxOutputTokens ?? unknownOutput;
}

/** True for the server in China: its accounts are billed in yuan, by another price list. */
function isChinese(baseUrl: string): boolean {
  return /(?:^|\.)moonshot\.cn$/.test(addressOf(baseUrl)?.hostname ?? "");
}

function takenBy({ takesImages, takesVideos }: ListedModel): readonly string[] | undefined {
  if (takesImages === undefined && takesVideos === undefined) return undefined;
  return [...(takesImages === true ? images : []), ...(takesVideos === true ? videos : [])];
}

/** Input and answer share one window. */
function shared(
  window: number,
  maxOutputTokens: number,
): Pick<ModelRow, "window" | "maxInputTokens" | "maxOutputTokens"> {
  return { window, maxInputTokens: window - maxOutputTokens, maxOutputTokens };
}
