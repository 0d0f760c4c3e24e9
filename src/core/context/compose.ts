import { countDrafts, tokensOf, type Draft } from "./draft.ts";
import type { LoggedMessage } from "./ledger/conversation.ts";
import type { PresentFile } from "./gather.ts";
import type { LedgerMessage } from "./ledger/ledger.ts";
import type { Misfit } from "./packing/pack.ts";
import { notYetIn } from "./leading.ts";
import { isMustHave, place, tokensOfFrames, wholeTokens } from "./packing/place.ts";
import type { ComposeParts, Scene } from "./scene.ts";
import { shownBy } from "./ledger/standing.ts";
import { toldIn } from "./ledger/told.ts";
import { earlierDraft, takeTurns, type TakenTurns } from "./ledger/turns.ts";

/** What the messages behind the head are to be made of. */
export interface Plan {
  readonly log: readonly LoggedMessage[];
  /** Messages of the log that stay. All of them: what is new is appended; fewer: an epoch begins behind them. */
  readonly keeps: number;
  /** Places of turns that an epoch takes over. */
  readonly keptTurns: ReadonlySet<number>;
  /** What has changed of the files that stand in so many messages of the log. */
  readonly news: (keeps: number) => Promise<readonly LedgerMessage[]>;
  /** The preamble, where even that is sent anew. */
  readonly opening: readonly Draft[];
  /** What leads into the files; see `leadingMessages`. */
  readonly leading: readonly LedgerMessage[];
  /** Session files that may be placed, unless they stand in the head. */
  readonly candidates: readonly string[];
  readonly question: Draft;
  readonly budget: { readonly window: number; readonly files: number };
}

/** The messages of a request behind those that it keeps. */
export interface Composed {
  readonly keeps: number;
  readonly added: readonly LedgerMessage[];
  /** Tokens of all messages. */
  readonly tokens: number;
  readonly misfits: readonly Misfit[];
  /** Turns of the conversation that are not repeated. */
  readonly droppedTurns: number;
}

/**
 * Composes what follows the head: what has changed, the files that are placed, and, if an epoch begins, the turns that it takes over; last the question. May come out
 * over the window if the head, what has changed and the question alone are.
 */
export async function compose(
  parts: ComposeParts,
  scene: Scene,
  plan: Plan,
  signal: AbortSignal | undefined,
): Promise<Composed> {
  const head = plan.log.slice(0, plan.keeps);
  const frame = await frameOf(parts, plan, head);
  const { standing } = shownBy(head);
  const wanted = plan.candidates
    .filter((id) => !standing.has(id))
    .flatMap((id) => scene.present.get(id) ?? []);
  const { window } = plan.budget;
  const must = await tokensOfMustHaves(parts, scene, wanted);
  const talkRoom = window - frame.tokens - Math.min(must, window * largestMust);
  const { turns, earlier } = await talkIn(parts, scene, plan, talkRoom);
  const talk = tokensOf(turns.messages) + tokensOf(earlier);
  const mayBe = { window: window - frame.tokens - talk, share: shareLeft(scene, plan) };
  for (let room = mayBe; ;) {
    const { drafts, misfits } = await place(
      parts,
      scene,
      { files: wanted, told: toldIn(head) },
      room,
    );
    const files = await countDrafts(parts.tokens, drafts, signal);
    const added = [...frame.before, ...files, ...earlier, ...turns.messages, ...frame.question];
    const tokens = tokensOf(head) + tokensOf(added);
    const over = tokens - window;
    // Joining texts can cost a token more than their sum: then once more, a little tighter.
    if (over > 0 && drafts.length > 0) {
      room = { ...room, window: Math.min(room.window, tokensOf(files)) - over };
      continue;
    }
    return { keeps: plan.keeps, added, tokens, misfits, droppedTurns: turns.earlier.length };
  }
}

/** What goes before all else: the head, what leads in, what has changed, and the question. */
interface Frame {
  /** Between the head and the files. */
  readonly before: readonly LedgerMessage[];
  readonly question: readonly LedgerMessage[];
  /** Of all of these, the head included. */
  readonly tokens: number;
}

async function frameOf(
  { tokens: counter }: ComposeParts,
  plan: Plan,
  head: readonly LedgerMessage[],
): Promise<Frame> {
  const question = await countDrafts(counter, [plan.question], undefined);
  const instructions = await countDrafts(counter, plan.opening, undefined);
  const must = tokensOf(head) + tokensOf(instructions) + tokensOf(question);
  const room = plan.budget.window - must;
  const all = await plan.news(plan.keeps);
  // What has changed must be said; only where all is packed anew there is nothing that could be out of date.
  const news = plan.keeps > 1 ? all : fitting(all, room);
  const leading = fitting(notYetIn(plan.leading, head), room - tokensOf(news));
  const tokens = must + tokensOf(news) + tokensOf(leading);
  return { before: [...instructions, ...leading, ...news], question, tokens };
}

/** Files that must be there go before turns of the conversation, up to this part of the window. */
const largestMust = 0.7;

async function tokensOfMustHaves(
  parts: ComposeParts,
  scene: Scene,
  wanted: readonly PresentFile[],
): Promise<number> {
  const must = wanted.filter((file) => isMustHave(file, scene));
  if (must.length === 0) return 0;
  const tokens = await wholeTokens(parts, scene, must);
  const frames = await tokensOfFrames(parts, scene);
  return [...tokens.values()].reduce((sum, each) => sum + each + 1, frames);
}

/** The first messages that have room. */
function fitting(messages: readonly LedgerMessage[], room: number): readonly LedgerMessage[] {
  let left = room;
  return messages.filter(({ tokens }) => {
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
}

interface Talk {
  readonly turns: TakenTurns;
  /** How the other turns began. */
  readonly earlier: readonly LedgerMessage[];
}

/** The turns that an epoch takes over, and the beginnings of the others, as far as they have room. */
async function talkIn(
  { tokens }: ComposeParts,
  { fence }: Scene,
  { log, keeps, keptTurns }: Plan,
  room: number,
): Promise<Talk> {
  const all = takeTurns(log, keeps, keptTurns, room);
  const earlier = await countDrafts(tokens, earlierDraft(fence, all.earlier), undefined);
  if (tokensOf(all.messages) + tokensOf(earlier) <= room) return { turns: all, earlier };
  const turns = takeTurns(log, keeps, keptTurns, Math.max(0, room - tokensOf(earlier)));
  const told = await countDrafts(tokens, earlierDraft(fence, turns.earlier), undefined);
  return { turns, earlier: fitting(told, room - tokensOf(turns.messages)) };
}

/**
 * What is left of the share of files that need not be there. Within an epoch they may grow beyond it, until the window is full: the share binds what is placed. What is at rest
 * in the head only waits to be dropped, and counts no more.
 */
function shareLeft(scene: Scene, { log, keeps, budget }: Plan): number {
  const others = [...shownBy(log.slice(0, keeps)).standing].flatMap(([id, stands]) => {
    const file = scene.present.get(id);
    return (file && isMustHave(file, scene)) || scene.resting.has(id) ? [] : [stands];
  });
  return Math.max(0, budget.files - tokensOf(others));
}
