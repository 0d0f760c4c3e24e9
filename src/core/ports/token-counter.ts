/** Counts tokens of the `o200k_base` encoding, exactly as `tiktoken` does with `encode_ordinary`: special tokens in a text are plain text. */
export interface TokenCounter {
  /** Tokens of each text, in order. */
  count(texts: readonly string[], signal?: AbortSignal): Promise<readonly number[]>;
  /** Tokens of a UTF-8 text given as bytes. The bytes are handed over: the caller must not use them afterwards. */
  countUtf8(bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<number>;
}
