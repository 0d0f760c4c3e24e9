import { formatDollars, inputPrice, type InputPrice } from "../models/price.ts";
import type { FileCapabilities } from "../ports/capabilities.ts";
import type { Model } from "../ports/provider-chat.ts";
import { counted, formatBytes } from "../session/format.ts";
import { inCode, listed, table } from "../session/markdown.ts";
import type { AccountUse } from "./account-use.ts";
import { requestCost, uploadSentence, type RequestCost } from "./advice-line.ts";
import { formatLimit, type Advice, type Form } from "./advise.ts";

/** What one provider would do with the files. */
export interface ProviderAdvice {
  readonly name: string;
  /** False where the provider lacks a key or an address. */
  readonly isConfigured: boolean;
  /** Undefined for one that stores no files. */
  readonly quota?: FileCapabilities["quota"] | undefined;
  readonly used: AccountUse;
  /** The models that it offers, the one first that the advice counts with. */
  readonly models: readonly Model[];
  /** In the order of the files. */
  readonly advices: readonly Advice[];
}

/** Compares what uploading and sending files would do and cost at each provider, in Markdown. `names` are those of the files. */
export function describeAdvice(
  names: readonly string[],
  providers: readonly ProviderAdvice[],
): string {
  const [first] = providers;
  const contents = (first?.advices ?? []).map(({ content }) => content);
  const bytes = contents.reduce((sum, content) => sum + content.bytes, 0);
  return [
    "# Upload and send, compared",
    `${counted(names.length, "file")} of ${formatBytes(bytes)}:`,
    listed(names.map(inCode)),
    uploadSentence,
    table(
      [
        "Provider",
        "An upload",
        "A model reads",
        "Tokens",
        "Cold",
        "Cached",
        "Satchel's files there",
      ],
      providers.map(providerRow),
    ),
    ...waysToShow(names, providers),
    ...modelPrices(providers),
    "*Cold* is the first request that holds the files, *cached* one that repeats them soon. Prices are list prices of the input alone; long requests can cost more. " +
      "Tokens are counted as OpenAI's models count them; for others they are approximate, and those of images and PDFs are not known before they are sent.",
    "",
  ]
    .filter((part) => part !== undefined)
    .join("\n\n");
}

function providerRow(provider: ProviderAdvice): readonly string[] {
  const { name, isConfigured, advices, models } = provider;
  const [model] = models;
  const cost = requestCost(advices);
  return [
    [
      name,
      ...(model ? [`(${inCode(model.name)})`] : []),
      ...(isConfigured ? [] : ["(not set up yet)"]),
    ].join(" "),
    grouped(advices, uploadWords),
    grouped(advices, ({ form }) => reading[form]),
    tokenWords(cost),
    ...pricesOf(cost.price),
    quotaWords(provider),
  ];
}

const reading: Readonly<Record<Form, string>> = {
  embedded: "its text in the request",
  referenced: "the upload, by its id",
  extracted: "the provider's text of the upload",
  attached: "its bytes in the request",
  unread: "nothing",
};

function uploadWords({ refusal, isThere }: Advice): string {
  return refusal ?? (isThere ? "already there" : "stored");
}

/** `12,400`, `12,400, 1 unknown`, `–`. */
function tokenWords({ tokens, uncounted, misfits }: RequestCost): string {
  const words = [
    ...(tokens > 0 ? [tokens.toLocaleString("en")] : []),
    ...(uncounted > 0 ? [`${uncounted} unknown`] : []),
    ...(misfits > 0 ? [`${misfits} too large to fit`] : []),
  ];
  return words.join(", ") || "–";
}

function grouped(advices: readonly Advice[], wordsOf: (advice: Advice) => string): string {
  const groups = [...Map.groupBy(advices, wordsOf)];
  return groups
    .map(([words, group]) => (groups.length > 1 ? `${group.length} × ${words}` : words))
    .join("; ");
}

function pricesOf(price: InputPrice | undefined): readonly [string, string] {
  return price ? [formatDollars(price.cold), formatDollars(price.cached)] : ["–", "–"];
}

/** `12 of 1,000 files, 4.1 MB of 10 GB`. */
function quotaWords({ quota, used }: ProviderAdvice): string {
  if (!quota) return "–";
  const most = quota.files?.toLocaleString("en");
  const files = used.files.toLocaleString("en");
  const ofFiles = most === undefined ? counted(used.files, "file") : `${files} of ${most} files`;
  const ofBytes = quota.bytes === undefined ? "" : ` of ${formatLimit(quota.bytes)}`;
  return `${ofFiles}, ${formatLimit(used.bytes)}${ofBytes}`;
}

/** The representations of each file with what they cost; left out where all files can only be shown as a whole. */
function waysToShow(
  names: readonly string[],
  providers: readonly ProviderAdvice[],
): readonly (string | undefined)[] {
  const priced = providers.find(({ models: [model] }) => model?.prices) ?? providers[0];
  const ways = (priced?.advices ?? []).flatMap(({ representations }, index) =>
    representations.map(({ kind, tokens, price }) => ({
      name: names[index] ?? "",
      kind,
      tokens,
      price,
    })),
  );
  if (ways.every(({ kind }) => kind === "full")) return [];
  const model = priced?.models[0];
  const rows = ways.slice(0, mostRows).map(({ name, kind, tokens, price }) => {
    const [cold, cached] = pricesOf(price);
    return [inCode(name), kind, tokens.toLocaleString("en"), cold, cached];
  });
  return [
    model ? `## Ways to show a file to ${inCode(model.name)}` : "## Ways to show a file",
    table(["File", "As", "Tokens", "Cold", "Cached"], rows),
  ];
}

const mostRows = 40;

/** The same files with each model whose prices are known, the cheapest first. */
function modelPrices(providers: readonly ProviderAdvice[]): readonly (string | undefined)[] {
  const rows = providers
    .flatMap(({ name, models, advices }) => {
      const { tokens } = requestCost(advices);
      return models.map((model) => ({
        name,
        model,
        tokens,
        price: inputPrice(model.prices, tokens),
      }));
    })
    .filter(({ price, tokens }) => price !== undefined && tokens > 0)
    .toSorted((one, other) => (one.price?.cold ?? 0) - (other.price?.cold ?? 0));
  if (rows.length <= 1) return [];
  return [
    "## The same with other models",
    table(
      ["Model", "Provider", "Cold", "Cached", "Its longest request"],
      rows.slice(0, mostRows).map(({ name, model, price }) => {
        const [cold, cached] = pricesOf(price);
        return [
          inCode(model.name),
          name,
          cold,
          cached,
          `${model.maxInputTokens.toLocaleString("en")} tokens`,
        ];
      }),
    ),
  ];
}
