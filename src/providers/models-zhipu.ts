import type { Model } from "../core/ports/provider-chat.ts";
import { addressOf } from "./address.ts";
import { modelFrom, type ModelRow } from "./models.ts";

const date = "2026-11-20";
const docs = "https://docs.z.ai/guides";
const pricesSource = `${docs}/overview/pricing`;
const modelsDev = "https://github.com/anomalyco/models.dev/blob/dev/providers/zai/models";
const images = ["image/png", "image/jpeg"] as const;

/** Files that stand in a question as files. Only the models of the series GLM-5.3-Flash take an upload by its id. */
// https://docs.z.ai/guides/vlm/glm-5.3-flash
export const documentTypes = [
  "application/pdf",
  "text/plain",
  "application/msword",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
] as const;

const common = { tokenizer: "approximate", pricesSource, date } as const;
const large = { ...common, ...shared(1_000_000, 131_072) } as const;
const medium = { ...common, ...shared(200_000, 131_072) } as const;
const text = { takes: [] } as const;
const multimodal = { takes: [...documentTypes, ...images] } as const;

/** Zhipu's models, newest first. Its own list of models is no table of them: it names core text models only. */
export const zhipuModels: readonly ModelRow[] = [
  {
    ...large,
    ...multimodal,
    id: "glm-5.3-flash",
    name: "GLM-5.3-Flash",
    prices: { input: 0.15, cached: 0.03, output: 0.5 },
    source: `${docs}/vlm/glm-5.3-flash`,
  },
  {
    ...large,
    ...multimodal,
    id: "glm-5.3-flashx",
    name: "GLM-5.3-FlashX",
    // No page that could be read tells what cached input costs.
    prices: { input: 0.37, output: 1.25 },
    source: "https://vercel.com/ai-gateway/models/glm-5.3-flashx.md",
  },
  {
    ...large,
    ...text,
    id: "glm-5.3",
    name: "GLM-5.3",
    prices: { input: 1.4, cached: 0.26, output: 4.4 },
    source: `${docs}/llm/glm-5.3`,
  },
  {
    ...large,
    ...text,
    id: "glm-5.2",
    name: "GLM-5.2",
    prices: { input: 1.4, cached: 0.26, output: 4.4 },
    source: `${docs}/llm/glm-5.2`,
  },
  {
    ...medium,
    ...text,
    id: "glm-5.1",
    name: "GLM-5.1",
    prices: { input: 1.4, cached: 0.26, output: 4.4 },
    source: `${modelsDev}/glm-5.1.toml`,
  },
  {
    ...medium,
    takes: images,
    id: "glm-5v-turbo",
    name: "GLM-5V-Turbo",
    prices: { input: 1.2, cached: 0.24, output: 4 },
    source: `${docs}/vlm/glm-5v-turbo`,
  },
  {
    ...medium,
    ...text,
    id: "glm-5-turbo",
    name: "GLM-5-Turbo",
    prices: { input: 1.2, cached: 0.24, output: 4 },
    source: `${modelsDev}/glm-5-turbo.toml`,
  },
  {
    ...medium,
    ...text,
    id: "glm-5",
    name: "GLM-5",
    prices: { input: 1, cached: 0.2, output: 3.2 },
    source: `${docs}/llm/glm-5`,
  },
  {
    ...medium,
    ...text,
    id: "glm-4.7",
    name: "GLM-4.7",
    prices: { input: 0.6, cached: 0.11, output: 2.2 },
    source: `${modelsDev}/glm-4.7.toml`,
  },
  {
    ...medium,
    ...text,
    id: "glm-4.7-flash",
    name: "GLM-4.7-Flash",
    prices: { input: 0, output: 0 },
    source: `${modelsDev}/glm-4.7-flash.toml`,
  },
  {
    ...common,
    ...shared(128_000, 32_768),
    takes: images,
    id: "glm-4.6v",
    name: "GLM-4.6V",
    prices: { input: 0.3, output: 0.9 },
    source: `${modelsDev}/glm-4.6v.toml`,
    pricesSource: `${modelsDev}/glm-4.6v.toml`,
  },
];

/** The models of an account at this address. */
export function offeredByZhipu(baseUrl: string): readonly Model[] {
  const models = zhipuModels.map((row) => modelFrom(zhipuModels, row.id));
  return isInternational(baseUrl) ? models : models.map(withoutPrices);
}

function withoutPrices({ prices: _dollars, ...model }: Model): Model {
  return model;
}

/** True for Z.ai. Elsewhere accounts are billed in yuan, by another price list. */
export function isInternational(baseUrl: string): boolean {
  return /(?:^|\.)z\.ai$/.test(addressOf(baseUrl)?.hostname ?? "");
}

/** Input and answer share one window. */
function shared(
  window: number,
  maxOutputTokens: number,
): Pick<ModelRow, "window" | "maxInputTokens" | "maxOutputTokens"> {
  return { window, maxInputTokens: window - maxOutputTokens, maxOutputTokens };
}
