import { chooseCut, cutsOf } from "./compaction.ts";
import { logged, type Conversation } from "./conversation.ts";
import { tokensOf } from "../draft.ts";
import type { EpochCause, LedgerMessage } from "./ledger.ts";
import { deathsIn, type LifeRules } from "./lifetimes.ts";
import { shownBy } from "./standing.ts";
import { keptTurnsOf } from "./turns.ts";

/** Where a request parts from the log. */
export interface Decision {
  /** Messages of the log that it repeats. */
  readonly keeps: number;
  /** Why it begins an epoch; undefined if it does not. */
  readonly cause?: EpochCause | undefined;
}

/** What is weighed when a conversation goes on. */
export interface Weighed {
  readonly conversation: Conversation;
  /** What would be appended, without the question. */
  readonly news: readonly LedgerMessage[];
  readonly resting: ReadonlyMap<string, number>;
  /** Session file → tokens of its whole text as it is now. */
  readonly fullTokens: ReadonlyMap<string, number>;
  /** Tokens that the log and what is new may fill. */
  readonly room: number;
  readonly window: number;
  /** False if the provider's cache holds nothing of the conversation. */
  readonly isWarm: boolean;
  /** Price of a cached token in units of an uncached one. */
  readonly cachedPrice: number;
  readonly life: LifeRules;
}

/** Whether the log is continued, or an epoch begins, and where. */
export function decide(weighed: Weighed): Decision {
  const { conversation, news, room, window, isWarm, life } = weighed;
  const request = conversation.requests.length;
  const log = [...conversation.log, ...logged(news, request)];
  const shown = shownBy(log);
  const cuts = cutsOf({
    log,
    cached: isWarm ? conversation.sent : 0,
    shown,
    deaths: deathsIn(log, shown, weighed.resting, keptTurnsOf(log, life)),
    fullTokens: weighed.fullTokens,
    request,
    cachedPrice: weighed.cachedPrice,
  });
  const asItIs = tokensOf(log);
  const cut = chooseCut(cuts, { asItIs, room, window });
  if (!cut || cut.keeps >= conversation.log.length) return { keeps: conversation.log.length };
  if (asItIs > room) return { keeps: cut.keeps, cause: "window" };
  return { keeps: cut.keeps, cause: isWarm ? "pays" : "cold" };
}
