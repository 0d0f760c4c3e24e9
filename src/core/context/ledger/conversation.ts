import type { RequestFacts, RequestLog, SentRequest } from "../../ports/request-log.ts";
import type { LedgerMessage } from "./ledger.ts";

/** A message of the log, with the number of the request that brought it: its place in the conversation, from 0. */
export interface LoggedMessage extends LedgerMessage {
  readonly request: number;
}

/** What has been said in one chat, as the next request finds it. */
export interface Conversation {
  /** Its requests, oldest first. */
  readonly requests: readonly RequestFacts[];
  /** The messages of the last request, and then its answer. */
  readonly log: readonly LoggedMessage[];
  /** How many of these messages the last request sent; the others answered it. */
  readonly sent: number;
}

/** A conversation in which nothing has been asked yet. */
export const newConversation: Conversation = { requests: [], log: [], sent: 0 };

/**
 * The conversation that these requests make up, as it stood after the last of them: where a chat was undone or forked, that is not the newest state. Undefined if
 * the ledger knows another history than the chat (a turn was edited, removed, or never seen), or has forgotten its texts, or if the chat
 * has gone on in another session.
 */
export async function findConversation(
  ledger: RequestLog,
  sessionId: string,
  requestIds: readonly string[],
): Promise<Conversation | undefined> {
  const lastId = requestIds.at(-1);
  if (lastId === undefined) return undefined;
  const requests = await ledger.conversation(lastId);
  const isSame =
    requests.length === requestIds.length &&
    requests.every(
      (request, index) =>
        request.answered && request.sessionId === sessionId && request.id === requestIds[index],
    );
  if (!isSame) return undefined;
  const chain = await ledger.chain(lastId);
  if (chain.length === 0) return undefined;
  const log = logOf(chain, requests.length - chain.length);
  return { requests, log, sent: log.length - (chain.at(-1)?.answer.length ?? 0) };
}

/** The conversation after one more request and its answer. */
export function continued(conversation: Conversation, request: SentRequest): Conversation {
  const { added: _, answer: __, ...facts } = request;
  const log = afterRequest(conversation.log, request, conversation.requests.length);
  return {
    requests: [...conversation.requests, facts],
    log,
    sent: log.length - request.answer.length,
  };
}

/** The log after a chain of requests, the first of which repeats nothing and is the conversation's request number `first`. */
export function logOf(chain: readonly SentRequest[], first: number): readonly LoggedMessage[] {
  return chain.reduce<readonly LoggedMessage[]>(
    (log, request, index) => afterRequest(log, request, first + index),
    [],
  );
}

/** Messages as request number `request` brought them. */
export function logged(
  messages: readonly LedgerMessage[],
  request: number,
): readonly LoggedMessage[] {
  return messages.map((message) => Object.assign({}, message, { request }));
}

function afterRequest(
  log: readonly LoggedMessage[],
  { keeps, added, answer }: SentRequest,
  number: number,
): readonly LoggedMessage[] {
  return [...log.slice(0, keeps), ...logged([...added, ...answer], number)];
}
