import type { LoggedMessage } from "./conversation.ts";
import type { Shown } from "./standing.ts";
import { isTurn } from "./turns.ts";

/** What is known of a log when it is asked whether a new epoch would pay. */
export interface LogState {
  /** The log as it would be sent if no epoch began: with what is new, without the question. */
  readonly log: readonly LoggedMessage[];
  /** How many messages at its start the provider should hold in its cache. */
  readonly cached: number;
  readonly shown: Shown;
  /** See `deathsIn`. */
  readonly deaths: readonly (number | undefined)[];
  /** Session file → tokens of its whole text as it is now. */
  readonly fullTokens: ReadonlyMap<string, number>;
  /** The number of the request. */
  readonly request: number;
  /** Price of a cached token in units of an uncached one. */
  readonly cachedPrice: number;
}

/** A place at which the log could be cut: the head before it stays, byte for byte, and what is worth it is built anew behind it. */
export interface Cut {
  /** Messages that stay. */
  readonly keeps: number;
  /** What the worthless tokens behind it have cost since they became so, in units of an uncached token. */
  readonly waste: number;
  /** Worthless tokens behind it, but for those of old turns: a conversation alone is never cut short to save money. */
  readonly dead: number;
  /** What building anew costs more than sending the log as it is, in the same unit. Negative where the cache is cold. */
  readonly rebuild: number;
  /** Tokens of the log afterwards. */
  readonly tokens: number;
}

/**
 * All cuts, from the shortest tail to the longest; the first message always stays. Of the tail a cut drops what is dead, folds diffs into whole texts,
 * and takes over turns that are kept.
 */
export function cutsOf(state: LogState): readonly Cut[] {
  const { log, cached, deaths, request, cachedPrice } = state;
  const owners = ownersOf(state.shown);
  let head = log.reduce((sum, { tokens }) => sum + tokens, 0);
  let waste = 0;
  let dead = 0;
  let sentAsItIs = 0;
  let rebuilt = 0;
  const cuts: Cut[] = [];
  for (let place = log.length - 1; place >= 1; place--) {
    const tokens = log[place]?.tokens ?? 0;
    const death = deaths[place];
    head -= tokens;
    sentAsItIs += place < cached ? tokens * cachedPrice : tokens;
    if (death !== undefined && death <= request) {
      dead += deadTokens(log[place]);
      waste += cachedPrice * tokens * (request - death + 1);
    } else rebuilt += rebuiltTokens(state, owners, place);
    // An answer stays behind its question, and what tools said behind the wish for it.
    if (log[place]?.role !== "user") continue;
    cuts.push({ keeps: place, waste, dead, rebuild: rebuilt - sentAsItIs, tokens: head + rebuilt });
  }
  return cuts;
}

/** Tokens that make a cut pay if they are dead. */
function deadTokens(message: LoggedMessage | undefined): number {
  return message && !isTurn(message) ? message.tokens : 0;
}

/** The cut that a log of `asItIs` tokens should be sent with, if it has `room` in the window; undefined if it should stay as it is. */
export function chooseCut(
  cuts: readonly Cut[],
  {
    asItIs,
    room,
    window,
  }: { readonly asItIs: number; readonly room: number; readonly window: number },
): Cut | undefined {
  if (asItIs <= room && !cuts.some(pays)) return undefined;
  const roomy = cuts.filter(({ tokens }) => tokens <= room - window * spareShare);
  const candidates = asItIs <= room ? cuts.filter(pays) : roomy;
  return candidates.toSorted((one, other) => gain(other) - gain(one))[0] ?? cuts.at(-1);
}

/** A new epoch that the window enforces leaves so much of it free, or the next request would enforce another. */
const spareShare = 0.4;

/**
 * The ski-rental rule: a cut pays once what was carried for nothing has cost as much as leaving it behind. While what lives behind the cut does not
 * grow, that is never worse than twice what the best choice in hindsight would have cost (Karlin, Manasse, Rudolph, Sleator: Competitive snoopy caching, Algorithmica 3, 1988).
 */
export function pays(cut: Cut): boolean {
  return gain(cut) > 0 && cut.dead >= smallestDrop;
}

/** Fewer worthless tokens are not worth a new epoch: providers begin to cache at about so many. */
const smallestDrop = 1_024;

function gain({ waste, rebuild }: Cut): number {
  return waste - rebuild;
}

/** Place → the file that stands there. */
function ownersOf({ standing }: Shown): ReadonlyMap<number, string> {
  return new Map(
    [...standing].flatMap(([id, { pieces }]) => pieces.map((place) => [place, id] as const)),
  );
}

/** Tokens that are sent again if the message at `place` comes to lie behind the cut, after all those behind it. */
function rebuiltTokens(
  { log, shown, fullTokens }: LogState,
  owners: ReadonlyMap<number, string>,
  place: number,
): number {
  const message = log[place];
  if (!message) return 0;
  const id = owners.get(place);
  if (id === undefined) return message.tokens;
  const { pieces = [] } = shown.standing.get(id) ?? {};
  if (place !== pieces[0]) return message.tokens;
  const diffs = pieces.slice(1).reduce((sum, piece) => sum + (log[piece]?.tokens ?? 0), 0);
  return (fullTokens.get(id) ?? message.tokens) - diffs;
}
