import type { RequestFacts } from "../../ports/request-log.ts";
import type { LoggedMessage } from "./conversation.ts";
import type { Shown } from "./standing.ts";
import { isTurn, questionsIn } from "./turns.ts";

/** How long things stay worth their place in the log. */
export interface LifeRules {
  /** A file rests when so many others have been used since it was used last; it is not carried into the next epoch. */
  readonly restAfterUses: number;
  /** The newest turns that an epoch takes over word for word. */
  readonly keepTurns: number;
  /** Older turns are taken over, too, while all of them together have no more tokens than this. */
  readonly keepTurnTokens: number;
}

/** Sensible rules: thirty uses are about the files of the last ten questions. */
export const defaultLifeRules: LifeRules = {
  restAfterUses: 30,
  keepTurns: 5,
  keepTurnTokens: 4_000,
};

/**
 * Files at rest, with the number of the request since which they are. `uses` are those of the request that is being prepared, whose number is the
 * count of those before it. Only files of `ids` are looked at: base files and pinned ones never rest.
 */
export function restingFiles(
  requests: readonly Pick<RequestFacts, "uses">[],
  uses: readonly string[],
  ids: Iterable<string>,
  { restAfterUses }: LifeRules,
): ReadonlyMap<string, number> {
  const byRequest = [...requests.map((request) => request.uses), uses];
  const lastUse = new Map<string, number>();
  for (const [number, used] of byRequest.entries()) for (const id of used) lastUse.set(id, number);
  const resting = new Map<string, number>();
  for (const id of ids) {
    let others = 0;
    const since = byRequest.findIndex((used, number) => {
      if (number > (lastUse.get(id) ?? -1)) others += used.length;
      return others >= restAfterUses;
    });
    if (since >= 0) resting.set(id, since);
  }
  return resting;
}

/** For each place in the log the number of the request since which it is carried for nothing; undefined while it is worth its place. */
export function deathsIn(
  log: readonly LoggedMessage[],
  shown: Shown,
  resting: ReadonlyMap<string, number>,
  keptTurns: ReadonlySet<number>,
): readonly (number | undefined)[] {
  const deaths: (number | undefined)[] = log.map(({ blocks, request }, place) => {
    const superseded = shown.superseded.get(place);
    if (superseded !== undefined) return superseded;
    // What was looked up for one question has served when it is answered.
    return blocks.every(({ kind }) => kind === "pointer" || kind === "tool-result")
      ? request + 1
      : undefined;
  });
  for (const { file, pieces } of shown.standing.values()) {
    const since = resting.get(file.id);
    for (const place of pieces) deaths[place] = since;
  }
  for (const [place, request] of oldTurns(log, keptTurns)) deaths[place] = request;
  return deaths;
}

/** Messages of turns that an epoch would not take over, with the number of the request since which it would not. */
function oldTurns(
  log: readonly LoggedMessage[],
  kept: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const old = new Map<number, number>();
  const questions = questionsIn(log);
  const keptQuestions = questions.filter((place) => kept.has(place)).length;
  for (const [index, place] of questions.entries()) {
    if (kept.has(place)) break;
    const next = questions[index + 1] ?? log.length;
    const successor = log[questions[index + keptQuestions] ?? place];
    for (let at = place; at < next; at++) {
      const message = log[at];
      if (message && isTurn(message)) old.set(at, successor?.request ?? message.request);
    }
  }
  return old;
}
