import type { TokenCounter } from "../ports/token-counter.ts";
import { tokensPerMessage } from "./budget.ts";
import type { Block, LedgerMessage, ShownFile } from "./ledger/ledger.ts";

/** A message whose tokens have not been counted yet. Each holds one block. */
export interface Draft extends Pick<Block, "kind" | "text" | "files"> {
  readonly role: LedgerMessage["role"];
  /** Tokens that no text tells: those of a file that stands as itself. */
  readonly nativeTokens?: number | undefined;
  readonly toolCallId?: string | undefined;
}

/** A message of the user's side that holds one block. */
export function draft(kind: Draft["kind"], text: string, files: readonly ShownFile[] = []): Draft {
  return { role: "user", kind, text, files };
}

/** The drafts as messages, counted exactly. */
export async function countDrafts(
  counter: TokenCounter,
  drafts: readonly Draft[],
  signal: AbortSignal | undefined,
): Promise<readonly LedgerMessage[]> {
  if (drafts.length === 0) return [];
  const counts = await counter.count(
    drafts.map(({ text }) => text),
    signal,
  );
  return drafts.map(({ role, kind, text, files, nativeTokens = 0, toolCallId }, index) => {
    const tokens = (counts[index] ?? 0) + nativeTokens;
    return {
      role,
      blocks: [{ kind, text, tokens, files }],
      tokens: tokens + tokensPerMessage,
      ...(toolCallId !== undefined && { toolCallId }),
    };
  });
}

/** Tokens of messages together. */
export function tokensOf(messages: readonly { readonly tokens: number }[]): number {
  return messages.reduce((sum, { tokens }) => sum + tokens, 0);
}
