import type { Phases } from "../ports/phases.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import type { LoggedMessage } from "./ledger/conversation.ts";
import { countDrafts } from "./draft.ts";
import { handOverDrafts } from "./hand-over.ts";
import type { LedgerMessage } from "./ledger/ledger.ts";

/** Findings take at most this part of the window. The oldest give way; the hand-over still names them. */
const largestShare = 0.25;

/** What leads into a request before its files: the hand-over of the phase, and findings. */
export async function leadingMessages(
  { phases, tokens }: { readonly phases: Phases; readonly tokens: TokenCounter },
  session: { readonly id: string; readonly fence: string },
  window: number,
): Promise<readonly LedgerMessage[]> {
  const [all, findings] = await Promise.all([
    phases.phases(session.id),
    phases.findings(session.id),
  ]);
  const messages = await countDrafts(
    tokens,
    handOverDrafts(session.fence, all, findings),
    undefined,
  );
  let room = window * largestShare;
  const kept = messages.toReversed().filter((message) => {
    room -= message.tokens;
    return room >= 0;
  });
  return kept.toReversed();
}

/** Of the leading messages those that a log does not hold. */
export function notYetIn(
  leading: readonly LedgerMessage[],
  log: readonly LedgerMessage[],
): readonly LedgerMessage[] {
  const held = new Set(log.map(textOf));
  return leading.filter((message) => !held.has(textOf(message)));
}

/** The place of the first hand-over or finding that holds no more; undefined if there is none. What the user took back must not stand in the next request. */
export function firstOutdated(
  leading: readonly LedgerMessage[],
  log: readonly LoggedMessage[],
): number | undefined {
  const current = new Set(leading.map(textOf));
  const place = log.findIndex(
    (message) =>
      message.blocks.some(({ kind }) => kind === "finding" || kind === "hand-over") &&
      !current.has(textOf(message)),
  );
  return place < 0 ? undefined : place;
}

function textOf({ blocks }: LedgerMessage): string {
  return blocks.map(({ text }) => text).join("\n\n");
}
