import { costOf, formatDollars } from "../../models/price.ts";
import type { RequestFacts } from "../../ports/request-log.ts";

/** What requests cost. */
export interface Cost {
  readonly requests: number;
  /** Input tokens, and how many of them came from the cache. */
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** US dollars, as far as prices are known. */
  readonly dollars: number;
  /** Requests whose tokens Satchel counted itself, because their provider did not tell; their answers are not among the output. */
  readonly estimated: number;
  /** Requests of which nobody knows the price. */
  readonly unpriced: number;
}

/** Adds up what requests cost: as they were billed, or as Satchel counted them where the provider did not tell. */
export function costOfRequests(requests: readonly RequestFacts[]): Cost {
  const none = {
    requests: 0,
    input: 0,
    cached: 0,
    output: 0,
    dollars: 0,
    estimated: 0,
    unpriced: 0,
  };
  return requests.filter(({ answered }) => answered).reduce<Cost>(plus, none);
}

function plus(sum: Cost, request: RequestFacts): Cost {
  const { usage, tokens, expectedCached, prices } = request;
  const bill = usage ?? { input: tokens, cached: expectedCached, output: 0 };
  const dollars = costOf(prices, bill);
  return {
    requests: sum.requests + 1,
    input: sum.input + bill.input,
    cached: sum.cached + bill.cached,
    output: sum.output + bill.output,
    dollars: sum.dollars + (dollars ?? 0),
    estimated: sum.estimated + (usage ? 0 : 1),
    unpriced: sum.unpriced + (dollars === undefined ? 1 : 0),
  };
}

/** A cost for people: `$0.42 for 7 requests · 312,000 tokens in, 91 % of them cached · 4,100 out (2 estimated)`. */
export function costSentence(cost: Cost): string {
  const { requests, input, cached, output, estimated, unpriced } = cost;
  const price =
    unpriced === requests
      ? "unknown price"
      : formatDollars(cost.dollars) + (unpriced > 0 ? " or more" : "");
  const hit = input === 0 ? 0 : Math.round((100 * cached) / input);
  const notes = [
    ...(estimated > 0 ? [`${estimated} estimated`] : []),
    ...(unpriced > 0 && unpriced < requests ? [`${unpriced} without a known price`] : []),
  ];
  const note = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  const noun = requests === 1 ? "request" : "requests";
  return `${price} for ${requests} ${noun} · ${count(input)} tokens in, ${hit} % of them cached · ${count(output)} out${note}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
