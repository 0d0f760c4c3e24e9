import { readFile } from "node:fs/promises";
import { init, Tiktoken } from "tiktoken/lite/init";
import { ContextError, messageOf } from "../core/errors.ts";
import type { Encoding } from "./piece-counter.ts";
import { createTextCounter, type TextCounter } from "./text-counter.ts";

/** Where the two files of the `tiktoken` package lie that counting needs. */
export interface TokenFiles {
  /** Path of `tiktoken_bg.wasm`, in the package under `lite/`. */
  readonly wasm: string;
  /** Path of `o200k_base.json`, in the package under `encoders/`. */
  readonly ranks: string;
}

/** A counter for `o200k_base`. Rejects with `tokenizer-unavailable` if a file is missing or damaged. */
export async function openTiktoken(files: TokenFiles): Promise<TextCounter> {
  try {
    const [wasm, ranks] = await Promise.all([readFile(files.wasm), readFile(files.ranks, "utf8")]);
    await init((imports) => WebAssembly.instantiate(wasm, imports));
    const encoding = JSON.parse(ranks) as Encoding;
    const tiktoken = new Tiktoken(encoding.bpe_ranks, encoding.special_tokens, encoding.pat_str);
    return createTextCounter({
      encoding,
      // Not `encode`: it would look for special tokens, and throw on them.
      countPiece: (piece) => tiktoken.encode_ordinary(piece).length,
    });
  } catch (error) {
    throw new ContextError(
      "tokenizer-unavailable",
      `Tokens cannot be counted, because a file of Satchel is missing or damaged: install Satchel again (${messageOf(error)})`,
      { cause: error },
    );
  }
}
