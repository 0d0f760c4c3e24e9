import { draft, tokensOf, type Draft } from "../draft.ts";
import type { LoggedMessage } from "./conversation.ts";
import type { Turn } from "./history.ts";
import type { LedgerMessage } from "./ledger.ts";
import { renderEarlier } from "../text/render.ts";

/** Turns of a conversation as an epoch takes them over. */
export interface TakenTurns {
  /** Word for word, oldest first. */
  readonly messages: readonly LedgerMessage[];
  /** Questions of the others. */
  readonly earlier: readonly string[];
}

/**
 * Of the messages behind a cut the turns that are kept, as far as they have room. If they have not, the oldest are dropped down to half the room in one jump: a
 * history that lost one turn each time would move the prefix each time.
 */
export function takeTurns(
  log: readonly LoggedMessage[],
  keeps: number,
  kept: ReadonlySet<number>,
  room: number,
): TakenTurns {
  const places = log.flatMap((message, place) =>
    place >= keeps && isTurn(message) ? [place] : [],
  );
  const wanted = turnsAt(
    log,
    places.filter((place) => kept.has(place)),
  );
  let taken = wanted;
  if (tokensOf(wanted.flat()) > room) {
    while (taken.length > 0 && tokensOf(taken.flat()) > room / 2) taken = taken.slice(1);
  }
  const messages = taken.flat();
  const standing = new Set<LedgerMessage>(messages);
  const earlier = places.flatMap((place) => {
    const message = log[place];
    return message && message.role === "user" && !standing.has(message) ? [textOf(message)] : [];
  });
  return { messages, earlier: [...earlierIn(log.slice(keeps)), ...earlier] };
}

/** Messages of a conversation that the ledger does not know, from what the chat says of it. */
export function turnDrafts(turns: readonly Turn[]): readonly Draft[] {
  return turns.flatMap(({ question, answer }) => [
    draft("question", question),
    { ...draft("answer", answer), role: "assistant" as const },
  ]);
}

/** At most so many beginnings of earlier turns are told. */
const mostEarlier = 30;

/** How earlier turns began; nothing if there are none. */
export function earlierDraft(fence: string, questions: readonly string[]): readonly Draft[] {
  const told = questions.slice(-mostEarlier);
  return told.length === 0 ? [] : [draft("earlier", renderEarlier(fence, told))];
}

/** Questions and answers belong together: a question begins a turn. */
function turnsAt(
  log: readonly LoggedMessage[],
  places: readonly number[],
): readonly (readonly LedgerMessage[])[] {
  const turns: LedgerMessage[][] = [];
  for (const place of places) {
    const message = log[place];
    if (!message) continue;
    if (message.role === "user" || turns.length === 0) turns.push([]);
    turns.at(-1)?.push(message);
  }
  return turns;
}

/** The beginnings that an earlier epoch told are told again. */
function earlierIn(messages: readonly LedgerMessage[]): readonly string[] {
  return messages
    .flatMap(({ blocks }) => blocks)
    .filter(({ kind }) => kind === "earlier")
    .flatMap(({ text }) => text.split("\n").filter((line) => line.startsWith("- ")))
    .map((line) => line.slice(2));
}

function textOf({ blocks }: LedgerMessage): string {
  return blocks.map(({ text }) => text).join("\n\n");
}

/** True for a question or an answer. */
export function isTurn({ blocks }: LoggedMessage): boolean {
  return blocks.some(({ kind }) => kind === "question" || kind === "answer");
}

/**
 * Places of the questions and answers that an epoch takes over word for word: those of the newest turns, and of older ones while all together are short. What came
 * between a question and its answer (tools at work) is not among them.
 */
export function keptTurnsOf(
  log: readonly LoggedMessage[],
  { keepTurns, keepTurnTokens }: { readonly keepTurns: number; readonly keepTurnTokens: number },
): ReadonlySet<number> {
  const kept = new Set<number>();
  let turns = 0;
  let tokens = 0;
  let open: number[] = [];
  for (let place = log.length - 1; place >= 0; place--) {
    const message = log[place];
    if (!message || !isTurn(message) || message.toolCalls) continue;
    open.push(place);
    if (message.role !== "user") continue;
    tokens += open.reduce((sum, at) => sum + (log[at]?.tokens ?? 0), 0);
    if (turns >= keepTurns && tokens > keepTurnTokens) break;
    for (const at of open) kept.add(at);
    open = [];
    turns++;
  }
  return kept;
}

/** Places of the questions in a log. */
export function questionsIn(log: readonly LoggedMessage[]): readonly number[] {
  return log.flatMap(({ blocks, role }, place) =>
    role === "user" && blocks.some(({ kind }) => kind === "question") ? [place] : [],
  );
}
