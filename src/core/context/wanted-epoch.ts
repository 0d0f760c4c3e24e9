import type { Phases } from "../ports/phases.ts";
import type { RequestFacts } from "../ports/request-log.ts";
import type { EpochCause } from "./ledger/ledger.ts";

/** An epoch that the user has asked for. */
export interface WantedEpoch {
  /** Undefined if none begins with this request. */
  readonly cause?: EpochCause | undefined;
  /** Files that were not used since the request of this number are not shown whole; undefined if there is no such request. */
  readonly restsBefore?: number | undefined;
}

/** What the user's commands ask of this request: a compaction, a reset, or a phase that begins. What a reset and a phase have put aside stays so. */
export async function wantedEpoch(
  phases: Phases,
  sessionId: string,
  requests: readonly RequestFacts[],
  { epoch, now }: { readonly epoch?: "compact" | "reset" | undefined; readonly now: number },
): Promise<WantedEpoch> {
  const phase = (await phases.phases(sessionId)).at(-1);
  const phaseBegan = phase && phase.number > 1 ? firstSince(requests, phase.startedAt, now) : -1;
  const resetAt =
    epoch === "reset" ? requests.length : requests.findLastIndex(({ cause }) => cause === "reset");
  const began = Math.max(phaseBegan, resetAt);
  const restsBefore = began < 0 ? undefined : began;
  if (epoch === "reset") return { cause: "reset", restsBefore };
  if (phaseBegan === requests.length) return { cause: "phase", restsBefore };
  return { cause: epoch === "compact" ? "asked" : undefined, restsBefore };
}

/** The number of the first request since a moment: the present one, if there was none. */
function firstSince(requests: readonly RequestFacts[], moment: number, now: number): number {
  const first = requests.findIndex(({ createdAt }) => createdAt >= moment);
  if (first >= 0) return first;
  // By a clock that was wrong the phase has not begun yet, although it has.
  const began = moment > now ? requests.findLastIndex(({ cause }) => cause === "phase") : -1;
  return began < 0 ? requests.length : began;
}
