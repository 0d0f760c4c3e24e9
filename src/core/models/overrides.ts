import type { Model, Prices } from "../ports/provider-chat.ts";

/** What a user says of a model. It stands instead of what the catalog says. */
export type ModelOverride = Partial<
  Pick<Model, "name" | "maxInputTokens" | "maxOutputTokens" | "prices" | "takes">
>;

/** What a user says of models. */
export interface ModelOverrides {
  /** By `provider/model id`. */
  readonly byId: ReadonlyMap<string, ModelOverride>;
  /** A phrase for each entry that makes no sense, and is ignored: `openai/gpt-5: maxInputTokens is no whole number above 0`. */
  readonly problems: readonly string[];
}

/** For models that nobody knows: small enough for nearly every one that is served today. */
const cautious = { maxInputTokens: 32_768, maxOutputTokens: 4_096 } as const;

/** Reads a setting that users write by hand. One bad field spoils its entry, and no other. `providers` are the ids of all that there are. */
export function readOverrides(setting: unknown, providers: readonly string[]): ModelOverrides {
  const byId = new Map<string, ModelOverride>();
  const problems: string[] = [];
  if (setting === undefined || setting === null) return { byId, problems };
  if (!isRecord(setting)) return { byId, problems: ["it is no object"] };
  for (const [id, entry] of Object.entries(setting)) {
    const problem = keyProblem(id, providers) ?? entryProblem(entry);
    if (problem === undefined) byId.set(id, entry as ModelOverride);
    else problems.push(`${id}: ${problem}`);
  }
  return { byId, problems };
}

/** The models of a provider as the user wants them: changed, and followed by those that only the user knows. */
export function withOverrides(
  provider: string,
  models: readonly Model[],
  { byId }: Pick<ModelOverrides, "byId">,
): readonly Model[] {
  const prefix = `${provider}/`;
  const listed = new Set(models.map(({ id }) => id));
  const added = [...byId.keys()]
    .filter((key) => key.startsWith(prefix) && !listed.has(key.slice(prefix.length)))
    .map((key) => unknownModel(key.slice(prefix.length)));
  return [...models, ...added].map((model) => changed(model, byId.get(prefix + model.id)));
}

function unknownModel(id: string): Model {
  return { id, name: id, ...cautious, guessed: true };
}

function changed(model: Model, change: ModelOverride | undefined): Model {
  if (!change) return model;
  const isTold = change.maxInputTokens !== undefined && change.maxOutputTokens !== undefined;
  return { ...model, ...change, guessed: model.guessed && !isTold };
}

/** What is wrong with a field's value; undefined if nothing is. */
type Check = (value: unknown) => string | undefined;

const isTokens: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? undefined : "is no whole number above 0";

const fields: Readonly<Record<keyof ModelOverride, Check>> = {
  name: (value) =>
    typeof value === "string" && value.trim() !== "" ? undefined : "is no text, or empty",
  maxInputTokens: isTokens,
  maxOutputTokens: isTokens,
  prices: priceProblem,
  takes: (value) =>
    Array.isArray(value) && value.every(isMediaType) ? undefined : "is no list of media types",
};

function keyProblem(key: string, providers: readonly string[]): string | undefined {
  if (!/^[^/\s]+\/\S+$/u.test(key)) return "an entry is named provider/model";
  const provider = key.slice(0, key.indexOf("/"));
  return providers.includes(provider) ? undefined : `there is no provider ${provider}`;
}

function entryProblem(entry: unknown): string | undefined {
  return isRecord(entry) ? fieldProblem(entry, fields) : "the entry is no object";
}

function fieldProblem(
  entry: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
): string | undefined {
  for (const [name, value] of Object.entries(entry)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) return `${name} is not known`;
    const problem = check(value);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

const isPrice: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0
    ? undefined
    : "is no number from 0 on";

const priceFields: Readonly<Record<keyof Prices, Check>> = {
  input: isPrice,
  cached: isPrice,
  cacheWrite: isPrice,
  output: isPrice,
};

function priceProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return "are no object";
  const problem = fieldProblem(value, priceFields);
  if (problem !== undefined) return `are not usable: ${problem}`;
  const { input, output, cached } = value as Partial<Prices>;
  if (input === undefined || output === undefined) return "need input and output";
  return cached !== undefined && cached > input ? "have cached input dearer than other" : undefined;
}

function isMediaType(value: unknown): boolean {
  return typeof value === "string" && /^(?:\*|[\w.+-]+\/(?:\*|[\w.+-]+))$/u.test(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
