import type { Prices } from "../ports/provider-chat.ts";

/** The model that a request is for. */
export interface TargetModel {
  /** The provider's id, or the vendor of a model that is not ours. */
  readonly provider: string;
  readonly model: string;
  /** Tokens that its input may hold. */
  readonly maxInputTokens: number;
  readonly prices?: Prices | undefined;
  /** Milliseconds for which its provider keeps a prompt in the cache. */
  readonly cacheLifetime: number;
}
