import { isContextError } from "../../errors.ts";
import type { RequestLog } from "../../ports/request-log.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import { findConversation, logged, type Conversation, type LoggedMessage } from "./conversation.ts";
import { countDrafts } from "../draft.ts";
import { turnDrafts } from "./turns.ts";

/** A question of the user and its answer. They stay together: a model never sees one without the other. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** A turn as a chat remembers it. */
export interface ChatTurn extends Turn {
  /** Ids of the requests that made up the turn, in order; undefined if the chat does not know. */
  readonly requestIds?: readonly string[] | undefined;
}

/** What came before a question. */
export interface History {
  /** As the ledger knows it. */
  readonly conversation?: Conversation | undefined;
  /** As the chat tells it, where the ledger knows it not, or otherwise; undefined if nothing was said. */
  readonly log?: readonly LoggedMessage[] | undefined;
}

/** Finds the conversation that a chat's turns belong to. A history that the ledger does not know is taken from the chat. */
export async function loadHistory(
  { ledger, tokens }: { readonly ledger: RequestLog; readonly tokens: TokenCounter },
  sessionId: string,
  turns: readonly ChatTurn[],
  signal: AbortSignal | undefined,
): Promise<History> {
  if (turns.length === 0) return {};
  if (turns.every(({ requestIds = [] }) => requestIds.length > 0)) {
    const ids = turns.flatMap(({ requestIds = [] }) => requestIds);
    const conversation = await orUnknown(findConversation(ledger, sessionId, ids));
    if (conversation) return { conversation };
  }
  const messages = await countDrafts(tokens, turnDrafts(turns), signal);
  return { log: logged(messages, 0) };
}

/** A ledger that is damaged costs the cache, not the answer. */
async function orUnknown<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (isContextError(error) && error.code === "store-damaged") return undefined;
    throw error;
  }
}
