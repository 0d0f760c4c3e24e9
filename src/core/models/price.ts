import type { Prices, Usage } from "../ports/provider-chat.ts";

/** US dollars that a request costs; undefined where nobody knows the prices. Never negative. */
export function costOf(prices: Prices | undefined, usage: Usage): number | undefined {
  if (!prices) return undefined;
  const cached = Math.max(0, usage.cached);
  const written = Math.max(0, usage.cacheWritten ?? 0);
  // Not every server counts the cached tokens among the input, as it should.
  const fresh = Math.max(0, usage.input - cached - written);
  const millionths =
    fresh * prices.input +
    cached * (prices.cached ?? prices.input) +
    written * (prices.cacheWrite ?? prices.input) +
    Math.max(0, usage.output) * prices.output;
  return millionths / 1_000_000;
}

/** What tokens of input cost, in US dollars. */
export interface InputPrice {
  /** In the first request that holds them: written to the prompt cache where that is billed. */
  readonly cold: number;
  /** In a request that repeats them while they are in the prompt cache. */
  readonly cached: number;
}

/** What so many tokens of input cost in one request; undefined where nobody knows the prices. */
export function inputPrice(prices: Prices | undefined, tokens: number): InputPrice | undefined {
  const none = { input: tokens, cached: 0, output: 0 };
  const cold = costOf(prices, { ...none, cacheWritten: tokens });
  const cached = costOf(prices, { ...none, cached: tokens });
  return cold === undefined || cached === undefined ? undefined : { cold, cached };
}

/** `$0.0042`, `$0.31`, `$4.20`, `$1,250`: two digits that count; `$0` for nothing, `< $0.0001` for hardly anything. */
export function formatDollars(dollars: number): string {
  if (dollars <= 0) return "$0";
  if (dollars < 0.0001) return "< $0.0001";
  if (dollars < 0.995) return `$${Number(dollars.toPrecision(2))}`;
  const digits = dollars < 99.5 ? 2 : 0;
  return `$${dollars.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
