import type { Prices } from "../ports/provider-chat.ts";
import type { RequestFacts } from "../ports/request-log.ts";
import type { Budget } from "./budget.ts";
import type { Plan } from "./compose.ts";
import type { Conversation, LoggedMessage } from "./ledger/conversation.ts";
import { decide, type Decision } from "./ledger/decide.ts";
import { countDrafts, draft, tokensOf, type Draft } from "./draft.ts";
import { follow } from "./follow.ts";
import type { EpochCause, LedgerMessage } from "./ledger/ledger.ts";
import { firstOutdated, notYetIn } from "./leading.ts";
import type { LifeRules } from "./ledger/lifetimes.ts";
import { isMustHave, wholeTokens } from "./packing/place.ts";
import type { TargetModel } from "./target-model.ts";
import { preamble } from "./text/render.ts";
import type { ComposeParts, Scene } from "./scene.ts";
import { shownBy } from "./ledger/standing.ts";
import { keptTurnsOf } from "./ledger/turns.ts";

/** What the provider's cache may be expected to hold of a conversation. */
export interface Warmth {
  readonly isWarm: boolean;
  /** Price of a cached token in units of an uncached one. */
  readonly cachedPrice: number;
  /** True if files stand in the log under ids that this provider does not know. */
  readonly isForeign: boolean;
}

/** A plan, and why it begins an epoch if it does. */
export interface CausedPlan extends Plan {
  readonly cause?: EpochCause | undefined;
  readonly warmth: Warmth;
}

export interface Planning {
  readonly conversation: Conversation;
  /** A conversation that the ledger does not know, as the chat tells it. */
  readonly earlierLog?: readonly LoggedMessage[] | undefined;
  /** An epoch that the user asked for. */
  readonly forced?: EpochCause | undefined;
  readonly warmth: Warmth;
  readonly leading: readonly LedgerMessage[];
  /** What is said of files that came with the question and cannot be shown. */
  readonly unshown: readonly Draft[];
  readonly question: Draft;
  readonly budget: Budget;
  readonly life: LifeRules;
  readonly signal?: AbortSignal | undefined;
}

/** Plans a request: where it parts from the log, and what may stand behind. */
export async function planOf(
  parts: ComposeParts,
  scene: Scene,
  planning: Planning,
): Promise<CausedPlan> {
  const { conversation, budget, question, warmth } = planning;
  const news = remember(async (keeps: number) => {
    const drafts = await follow(parts, scene, conversation.log.slice(0, keeps), planning.signal);
    return countDrafts(parts.tokens, [...drafts, ...planning.unshown], planning.signal);
  });
  const isNew = conversation.log.length === 0;
  const { keeps, cause } = isNew
    ? { keeps: 0, cause: planning.earlierLog ? ("history" as const) : ("first" as const) }
    : await decideNow(parts, scene, planning, news);
  const log = isNew ? (planning.earlierLog ?? []) : conversation.log;
  return {
    log,
    keeps,
    cause,
    warmth,
    keptTurns: keptTurnsOf(log, planning.life),
    news,
    opening:
      keeps === 0 ? [{ ...draft("instructions", preamble(scene.fence)), role: "system" }] : [],
    leading: planning.leading,
    candidates: candidatesOf(scene, conversation, cause !== undefined),
    question,
    budget,
  };
}

async function decideNow(
  parts: ComposeParts,
  scene: Scene,
  planning: Planning,
  news: Plan["news"],
): Promise<Decision> {
  const { conversation, forced, warmth, budget, life, leading } = planning;
  if (forced) return { keeps: 1, cause: forced };
  const outdated = firstOutdated(leading, conversation.log);
  if (outdated !== undefined) return { keeps: outdated, cause: "asked" };
  if (warmth.isForeign) return { keeps: 1, cause: "cold" };
  const fullTokens = await wholeTokens(parts, scene, [...scene.present.values()]);
  const changes = await news(conversation.log.length);
  const [question] = await countDrafts(parts.tokens, [planning.question], planning.signal);
  const lead = tokensOf(notYetIn(leading, conversation.log));
  const room = budget.window - (question?.tokens ?? 0) - lead;
  return decide({
    conversation,
    news: [...changes, ...wantedWhole(scene, conversation, fullTokens, room)],
    resting: scene.resting,
    fullTokens,
    room,
    window: budget.window,
    isWarm: warmth.isWarm,
    cachedPrice: warmth.cachedPrice,
    life,
  });
}

/** Files that the request is about and that do not stand whole, as messages whose text is not known yet. One that no epoch has room for does not begin any. */
function wantedWhole(
  scene: Scene,
  { log }: Conversation,
  fullTokens: ReadonlyMap<string, number>,
  room: number,
): readonly LedgerMessage[] {
  const { standing } = shownBy(log);
  const wanted = [...scene.present.values()].filter(
    ({ view }) => scene.uses.has(view.file.id) && !standing.has(view.file.id),
  );
  return wanted.flatMap(({ view, path }) => {
    const tokens = fullTokens.get(view.file.id) ?? 0;
    if (tokens > room * largestWanted) return [];
    const { contentId } = view.content;
    const shown = { id: view.file.id, path, contentId, representation: "full" as const };
    return [{ role: "user", tokens, blocks: [{ kind: "file", text: "", tokens, files: [shown] }] }];
  });
}

/** A larger part of the window is not given to one file at the cost of all others. */
export const largestWanted = 0.7;

/** Within an epoch files that the request is about and new ones; when one begins all of them, those that were used last first. */
function candidatesOf(
  scene: Scene,
  { requests, log }: Conversation,
  begins: boolean,
): readonly string[] {
  const ids = [...scene.present.keys()];
  if (!begins) {
    const known = knownFiles(requests, log);
    return ids.filter((id) => {
      const file = scene.present.get(id);
      const isSought = scene.excerpts.has(id);
      return !known.has(id) || isSought || (file !== undefined && isMustHave(file, scene));
    });
  }
  if (scene.newestFirst) return ids;
  const lastUse = (id: string): number =>
    scene.uses.has(id) ? requests.length : requests.findLastIndex(({ uses }) => uses.includes(id));
  const rank = (id: string): number => {
    const file = scene.present.get(id)?.view.file;
    if (file?.role === "base") return Infinity;
    return file?.pinned === true ? requests.length + 1 : lastUse(id);
  };
  return ids.toSorted((one, other) => compare(rank(other), rank(one)));
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** Files that a conversation has shown, named or left out, and has not taken back since. */
export function knownFiles(
  requests: readonly RequestFacts[],
  log: readonly LedgerMessage[],
): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { blocks } of log) {
    for (const { kind, files } of blocks) {
      for (const { id } of files) {
        if (kind === "gone") known.delete(id);
        else known.add(id);
      }
    }
  }
  const leftOut = (requests.at(-1)?.leftOut ?? []).filter(({ isKnown }) => isKnown);
  return new Set([...known, ...leftOut.map(({ fileId }) => fileId)]);
}

/** What is known of the provider's cache. */
export function warmthOf(
  { target, now }: { readonly target: TargetModel; readonly now: number },
  { requests, log }: Conversation,
): Warmth {
  const last = requests.at(-1);
  if (!last) return { isWarm: false, cachedPrice: 1, isForeign: false };
  const isSame = last.provider === target.provider && last.model === target.model;
  return {
    isWarm: isSame && now - last.createdAt <= target.cacheLifetime,
    cachedPrice: cachedPriceOf(target.prices),
    isForeign: !isSame && log.some(holdsNative),
  };
}

/** Where nobody knows the prices, what most providers ask. */
const usualCachedPrice = 0.1;

function cachedPriceOf(prices: Prices | undefined): number {
  if (!prices) return usualCachedPrice;
  const { input, cacheWrite = input, cached = input } = prices;
  return cacheWrite > 0 ? Math.min(1, cached / cacheWrite) : 1;
}

function holdsNative({ blocks }: LedgerMessage): boolean {
  return blocks.some(({ files }) => files.some(({ native }) => native));
}

/** Asks once for each argument. */
function remember<T>(work: (key: number) => Promise<T>): (key: number) => Promise<T> {
  const known = new Map<number, Promise<T>>();
  return (key) => {
    const found = known.get(key) ?? work(key);
    known.set(key, found);
    return found;
  };
}
