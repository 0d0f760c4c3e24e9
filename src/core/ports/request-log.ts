import type { EpochCause, LedgerMessage, LeftOut } from "../context/ledger/ledger.ts";
import type { Prices, Usage } from "./provider-chat.ts";

/** What is known of a request without its messages. */
export interface RequestFacts {
  readonly id: string;
  readonly sessionId: string;
  /** The request before it in the same conversation; undefined for the first. */
  readonly parentId?: string | undefined;
  /**
   * How many messages, from the start of the parent's log (its messages and then its answer), this one repeats byte for byte. All of them within an epoch; fewer
   * when it begins a new one.
   */
  readonly keeps: number;
  /** 1 for the first epoch of a conversation. */
  readonly epoch: number;
  /** Why it began its epoch; undefined if it did not. */
  readonly cause?: EpochCause | undefined;
  /** The provider's id, or the vendor of a model that is not ours. */
  readonly provider: string;
  readonly model: string;
  readonly maxInputTokens: number;
  /** Tokens of all messages as Satchel counts them. */
  readonly tokens: number;
  /** Of these, tokens that the provider's cache should hold. */
  readonly expectedCached: number;
  /** SHA-256 of the messages as JSON, in hex. */
  readonly digest: string;
  readonly leftOut: readonly LeftOut[];
  /** Ids of the session files that it was about: added, attached, named or read since the request before. */
  readonly uses: readonly string[];
  /** As they were when it was sent; undefined if nobody knows them. */
  readonly prices?: Prices | undefined;
  /** As the provider billed it; undefined if it did not say. */
  readonly usage?: Usage | undefined;
  /** True once the model has answered. */
  readonly answered: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** One request as it was sent. Its messages are those that it keeps of its parent's log, then `added`. */
export interface SentRequest extends RequestFacts {
  readonly added: readonly LedgerMessage[];
  /** What came back; empty until answered. */
  readonly answer: readonly LedgerMessage[];
}

/** The ledger: every request with its very bytes. Append-only: a request never changes after its answer. Rejects as the registry does. */
export interface RequestLog {
  /** Stores a request; durable before it is sent. */
  saveRequest(request: SentRequest): Promise<void>;
  /** Stores what came back, and how it was billed. Does nothing if the request is gone or has been answered. */
  saveAnswer(id: string, answer: readonly LedgerMessage[], usage: Usage | undefined): Promise<void>;
  /**
   * A request and those whose bytes it repeats, oldest first, so that the messages can be rebuilt: the first repeats nothing. Empty if
   * the request is unknown, or if texts that it needs have been forgotten.
   */
  chain(id: string): Promise<readonly SentRequest[]>;
  /** The requests of a conversation from its first to this one, oldest first. Empty if the request is unknown. */
  conversation(id: string): Promise<readonly RequestFacts[]>;
  /** The newest requests of a session, newest first. */
  requests(sessionId: string, limit: number): Promise<readonly RequestFacts[]>;
  /**
   * Forgets the texts of requests that nobody has built on for `lifetime` milliseconds of the store's own time. What is known of them stays. Returns how
   * many requests lost theirs.
   */
  forgetTexts(lifetime: number): Promise<number>;
}
