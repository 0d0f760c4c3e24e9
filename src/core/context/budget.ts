/** How the window is shared out. All are settings. */
export interface Shares {
  /** Largest part of the window that files may take, 0 to 1. */
  readonly files: number;
}

/** The tokens that one request may use. */
export interface Budget {
  /** Most tokens that the whole request may hold. */
  readonly window: number;
  /** Most tokens that files may take. */
  readonly files: number;
}

/** Providers add a few tokens around each message; OpenAI's chat format adds four. */
export const tokensPerMessage = 8;

/** Shares out a model's input window of `maxInputTokens`. Conversation gets whatever files leave. */
export function divideWindow(maxInputTokens: number, shares: Shares): Budget {
  return { window: maxInputTokens, files: Math.floor(maxInputTokens * shares.files) };
}
