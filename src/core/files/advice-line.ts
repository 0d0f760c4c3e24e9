import { formatDollars, type InputPrice } from "../models/price.ts";
import { formatCount } from "../session/format.ts";
import type { Advice, Form } from "./advise.ts";

/** Said wherever an upload is offered, because most people expect the opposite. */
export const uploadSentence: string =
  "An upload saves no tokens: a model reads the whole file in every request. It saves sending the bytes again; only the prompt cache makes a repeated file cheaper.";

const phrases: Readonly<Record<Form, string>> = {
  embedded: "stores only; chat gets its text",
  referenced: "referenced by id",
  extracted: "its text is extracted for the chat",
  attached: "stores only; chat gets its bytes",
  unread: "stores only; chat cannot read it",
};

/** What an upload would do, in a few words: `referenced by id`, `over its limit of 20 MB`. */
function adviceWords({ form, refusal }: Advice): string {
  return refusal ?? phrases[form];
}

/** Advice for files at one account, in one line: `referenced by id · 12.4k tok · $0.0031 cold, $0.00031 cached`. */
export function adviceLine(advices: readonly Advice[]): string {
  const there = advices.filter(({ isThere }) => isThere).length;
  const sent = advices.filter(({ refusal }) => refusal === undefined);
  return [
    ...(there > 0 ? [there < advices.length ? `${there} already there` : "already there"] : []),
    outcomes(advices),
    ...costWords(sent),
  ].join(" · ");
}

/** Why an account takes none of these files; undefined if it takes one of them. */
export function refusalOf(advices: readonly Advice[]): string | undefined {
  const refusals = advices.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  if (refusals.length === 0 || refusals.length < advices.length) return undefined;
  return [...new Set(refusals)].join("; ");
}

/** The tokens and the price of what one request would hold of files. */
export interface RequestCost {
  readonly tokens: number;
  /** Undefined where nobody knows the prices. */
  readonly price?: InputPrice | undefined;
  /** Files that a model would read, and whose tokens are not known. */
  readonly uncounted: number;
  /** Files that a model would read, and that are larger than the room for files. */
  readonly misfits: number;
}

/** Adds up what one request would hold of files. */
export function requestCost(advices: readonly Advice[]): RequestCost {
  const read = advices.filter(({ form }) => form !== "unread");
  const shown = read.flatMap((advice) => (advice.shown ? [advice.shown] : []));
  const prices = shown.flatMap(({ price }) => (price ? [price] : []));
  const isPriced = shown.length > 0 && prices.length === shown.length;
  return {
    tokens: sum(shown.map(({ tokens }) => tokens)),
    price: isPriced
      ? {
          cold: sum(prices.map(({ cold }) => cold)),
          cached: sum(prices.map(({ cached }) => cached)),
        }
      : undefined,
    uncounted: read.filter(({ representations }) => representations.length === 0).length,
    misfits: read.filter(({ representations, shown: one }) => representations.length > 0 && !one)
      .length,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

/** `$0.0031 cold, $0.00031 cached`. */
export function priceWords({ cold, cached }: InputPrice): string {
  return `${formatDollars(cold)} cold, ${formatDollars(cached)} cached`;
}

function outcomes(advices: readonly Advice[]): string {
  const groups = [...Map.groupBy(advices, adviceWords)];
  if (groups.length <= 1) return groups.map(([words]) => words).join("");
  return groups.map(([words, group]) => `${group.length} × ${words}`).join(", ");
}

function costWords(advices: readonly Advice[]): readonly string[] {
  const { tokens, price, uncounted, misfits } = requestCost(advices);
  const known = tokens > 0 || price;
  return [
    ...(known ? [`${formatCount(tokens)} tok`] : []),
    ...(uncounted > 0 ? [known ? `${uncounted} uncounted` : "tokens unknown"] : []),
    ...(misfits > 0
      ? [misfits < advices.length ? `${misfits} too large to fit` : "too large to fit"]
      : []),
    ...(price ? [priceWords(price)] : []),
  ];
}
