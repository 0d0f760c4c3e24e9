import type { Model, Prices } from "../core/ports/provider-chat.ts";
import { type CallSite, fieldsOf, malformed, replyFields } from "./http.ts";
import { compatibleModel } from "./models-openai.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The fields that tell the tokens of a window, the surest first: what a server has loaded may be less than what the model could. */
const windowFields = [
  // LM Studio
  "loaded_context_length",
  "max_context_length",
  // vLLM
  "max_model_len",
  // OpenRouter, Ollama, Together
  "context_length",
  // Groq
  "context_window",
] as const;

const outputFields = ["max_completion_tokens", "max_output_tokens"] as const;

/** An answer takes at most this part of a window, whatever the model could write: the rest is for the request. */
const largestAnswer = 1 / 4;
const usualAnswer = 4_096;

/** The models of a list, in whichever of the usual shapes; those that cannot chat are left out. */
export function listedModels(reply: unknown, site: CallSite): readonly Model[] {
  const models = new Map<string, Model>();
  for (const item of listed(reply, site)) {
    const id = [item["id"], item["name"], item["model"]].find(
      (each) => typeof each === "string" && each !== "",
    );
    if (typeof id !== "string") throw malformed(site, "a model without an id");
    if (chats(id, item)) models.set(id, modelOf(id, item));
  }
  return [...models.values()];
}

/** OpenAI's `data`, or `models`, or the bare list; Ollama without models says `null`. */
function listed(reply: unknown, site: CallSite): readonly Fields[] {
  if (Array.isArray(reply)) return reply.map(fieldsOf);
  const { data, models } = replyFields(reply, site);
  const list = data ?? models ?? (data === null ? [] : undefined);
  if (!Array.isArray(list)) throw malformed(site, "a reply that is no list");
  return list.map(fieldsOf);
}

function chats(id: string, item: Fields): boolean {
  const { type, capabilities, architecture } = item;
  const { output_modalities: outputs } = fieldsOf(architecture);
  if (/embed|rerank|whisper/i.test(`${String(type)} ${id}`)) return false;
  // Azure OpenAI lists all models that there are.
  if (fieldsOf(capabilities)["chat_completion"] === false) return false;
  return !Array.isArray(outputs) || outputs.includes("text");
}

function modelOf(id: string, item: Fields): Model {
  const known = compatibleModel(id);
  const { top_provider: top, meta, name } = item;
  const { n_ctx: loaded } = fieldsOf(meta);
  const sources = [item, fieldsOf(top), { context_length: loaded }];
  const window = firstNumber(sources, windowFields);
  const takes = takenBy(item);
  const prices = pricesOf(item);
  const named = typeof name === "string" && name !== "" ? { name } : {};
  const rest = { ...named, ...(takes && { takes }), ...(prices && { prices }) };
  if (window === undefined) return { ...known, ...rest };
  const longest = firstNumber(sources, outputFields) ?? usualAnswer;
  const maxOutputTokens = Math.max(1, Math.min(longest, Math.floor(window * largestAnswer)));
  return {
    ...known,
    ...rest,
    maxOutputTokens,
    maxInputTokens: Math.max(1, window - maxOutputTokens),
    guessed: false,
  };
}

function firstNumber(sources: readonly Fields[], fields: readonly string[]): number | undefined {
  return fields
    .flatMap((field) => sources.map((source) => source[field]))
    .find((value): value is number => typeof value === "number" && value > 0);
}

/** Media types, where the server says what a model takes besides text. */
function takenBy({ architecture }: Fields): readonly string[] | undefined {
  const { input_modalities: inputs } = fieldsOf(architecture);
  if (!Array.isArray(inputs)) return undefined;
  return [
    ...(inputs.includes("image") ? ["image/*"] : []),
    ...(inputs.includes("file") ? ["application/pdf"] : []),
  ];
}

/** OpenRouter tells the dollars for one token, as text. */
// https://openrouter.ai/docs/api-reference/list-available-models
function pricesOf({ pricing }: Fields): Prices | undefined {
  const { prompt, completion, input_cache_read, input_cache_write } = fieldsOf(pricing);
  const [input, output, cached, cacheWrite] = [
    prompt,
    completion,
    input_cache_read,
    input_cache_write,
  ].map(forMillion);
  if (input === undefined || output === undefined) return undefined;
  return { input, output, ...(cached && { cached }), ...(cacheWrite && { cacheWrite }) };
}

function forMillion(price: unknown): number | undefined {
  const dollars = typeof price === "string" && price !== "" ? Number(price) : Number.NaN;
  return dollars >= 0 ? Math.round(dollars * 1e12) / 1e6 : undefined;
}
