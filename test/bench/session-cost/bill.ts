import type { Payload, Trace } from "../../../src/headless/trace.ts";
import type { Count } from "../exact-count.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { type Step, walk } from "./walk.ts";

/** What a token of the input costs, in units of one that is not cached and not to be cached. */
export interface PriceList {
  /** A token that the provider has to read, and keeps for the next request. */
  readonly fresh: number;
  /** A token that it has kept. */
  readonly cached: number;
}

/** Kinds of price lists, named after models that have them. */
export const priceLists = {
  gpt: { fresh: 1, cached: 0.1 },
  kimi: { fresh: 1, cached: 0.25 },
  claude: { fresh: 1.25, cached: 0.1 },
} as const satisfies Readonly<Record<string, PriceList>>;

/** A part of things that were counted. */
export interface Share {
  readonly of: number;
  readonly found: number;
}

/** What a session's requests came to. */
export interface Bill {
  readonly turns: number;
  /** Input tokens, by whether the provider had kept them. */
  readonly fresh: number;
  readonly cached: number;
  /** Files of the working set, at each turn: found are those whose text the request shows as it is on disk. */
  readonly coverage: Share;
  /** Questions and answers of the latest turns, at each turn: found are those that the request repeats. */
  readonly history: Share;
  /** Mentioned files that the request did not show as they were on disk. */
  readonly stale: number;
  /** Requests that were larger than the window. */
  readonly over: number;
  /** Tokens of the largest request. */
  readonly max: number;
}

type Messages = Payload["messages"];

/** The working set: files among so many latest mentions. */
const latestMentions = 30;
const latestTurns = 5;
/** A prefix is kept from so many tokens on, in whole steps. */
const shortestPrefix = 1024;
const prefixStep = 128;
/** Around the content of a message stand the marks of its start, its role and its end. */
const tokensBeforeContent = 3;
const tokensAfterContent = 1;

/** Bills the requests of a session as a provider would that caches exact prefixes of the request before. Throws if one is missing or does not ask its question. */
export function billSession(trace: Trace, payloads: readonly Payload[], count: Count): Bill {
  let bill = nothing;
  const mentions: string[] = [];
  let before: Messages = [];
  for (const step of walk(trace)) {
    const payload = payloads[step.index];
    if (payload?.turn !== step.index) throw new Error(`there is no request of turn ${step.index}`);
    const evidence = evidenceOf(payload);
    if (!evidence.says(step.turn.ask)) throw new Error(`turn ${step.index} asks something else`);
    mentions.push(...step.mentioned);
    const workingSet = new Set(mentions.slice(-latestMentions));
    const said = trace.turns.slice(Math.max(0, step.index - latestTurns), step.index);
    bill = sum(bill, {
      turns: 1,
      ...tokensOf(before, payload.messages, trace.window, count),
      coverage: share(
        [...workingSet].filter((path) => step.disk.has(path)),
        isShown(step, evidence),
      ),
      history: share(
        said.flatMap(({ ask, answer }) => [ask, answer]),
        evidence.says,
      ),
      stale: step.mentioned.filter((path) => !isShown(step, evidence)(path)).length,
    });
    before = payload.messages;
  }
  return bill;
}

/** What the input of all requests costs, in tokens that are not cached. */
export function costOf({ fresh, cached }: Bill, prices: PriceList): number {
  return fresh * prices.fresh + cached * prices.cached;
}

/** The part of the input tokens that the provider had kept, 0 to 1. */
export function hitRate({ fresh, cached }: Bill): number {
  return cached / (fresh + cached);
}

/** The part that was found, 0 to 1; of nothing, all. */
export function rate({ of, found }: Share): number {
  return of === 0 ? 1 : found / of;
}

const nothing: Bill = {
  turns: 0,
  fresh: 0,
  cached: 0,
  coverage: { of: 0, found: 0 },
  history: { of: 0, found: 0 },
  stale: 0,
  over: 0,
  max: 0,
};

function sum(one: Bill, other: Bill): Bill {
  return {
    turns: one.turns + other.turns,
    fresh: one.fresh + other.fresh,
    cached: one.cached + other.cached,
    coverage: sumShares(one.coverage, other.coverage),
    history: sumShares(one.history, other.history),
    stale: one.stale + other.stale,
    over: one.over + other.over,
    max: Math.max(one.max, other.max),
  };
}

function sumShares(one: Share, other: Share): Share {
  return { of: one.of + other.of, found: one.found + other.found };
}

function share(things: readonly string[], isFound: (thing: string) => boolean): Share {
  return { of: things.length, found: things.filter(isFound).length };
}

function isShown({ disk }: Step, { shows }: Evidence): (path: string) => boolean {
  return (path) => shows(path, disk.get(path) ?? "");
}

function tokensOf(
  before: Messages,
  now: Messages,
  window: number,
  count: Count,
): Pick<Bill, "fresh" | "cached" | "over" | "max"> {
  const all = now.reduce((tokens, message) => tokens + tokensOfMessage(message, count), 0);
  const cached = keptTokens(before, now, count);
  return { fresh: all - cached, cached, over: all > window ? 1 : 0, max: all };
}

/** Tokens at the start of a request that the provider has kept from the one before. */
function keptTokens(before: Messages, now: Messages, count: Count): number {
  let same = 0;
  for (const [index, message] of now.entries()) {
    const earlier = before[index];
    if (earlier?.role !== message.role) break;
    if (earlier.content !== message.content) {
      same += tokensBeforeContent + count(commonStart(earlier.content, message.content));
      break;
    }
    same += tokensOfMessage(message, count);
  }
  return same < shortestPrefix ? 0 : same - (same % prefixStep);
}

function tokensOfMessage({ content }: Messages[number], count: Count): number {
  return tokensBeforeContent + count(content) + tokensAfterContent;
}

function commonStart(one: string, other: string): string {
  const shorter = Math.min(one.length, other.length);
  let end = 0;
  while (end < shorter && one.charCodeAt(end) === other.charCodeAt(end)) end++;
  const start = one.slice(0, end);
  // Never half a character.
  return start.isWellFormed() ? start : start.slice(0, -1);
}
