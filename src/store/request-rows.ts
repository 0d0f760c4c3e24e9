import type { SQLInputValue } from "node:sqlite";
import type {
  Block,
  EpochCause,
  LedgerMessage,
  LeftOut,
  ShownFile,
} from "../core/context/ledger/ledger.ts";
import type { Prices, ToolCall, Usage } from "../core/ports/provider-chat.ts";
import type { RequestFacts, SentRequest } from "../core/ports/request-log.ts";
import type { Row } from "./rows.ts";
import { sha256 } from "./request-texts.ts";

/** Columns with their values. */
export type NewRow = Readonly<Record<string, SQLInputValue>>;

/** The two lists of messages that a request brings. */
export type Part = "added" | "answer";

const factColumns = [
  "id",
  "session_id",
  "keeps",
  "epoch",
  "cause",
  "provider",
  "model",
  "max_input_tokens",
  "tokens",
  "expected_cached",
  "digest",
  "left_out",
  "uses",
  "prices",
  "created_at",
  "added_digest",
] as const;

const blockColumns = [
  "message",
  "position",
  "role",
  "tool_calls",
  "tool_call_id",
  "message_tokens",
  "kind",
  "tokens",
  "files",
  "content_id",
  "text_digest",
] as const;

const usageColumns = [
  "input_tokens",
  "cached_tokens",
  "cache_written_tokens",
  "output_tokens",
] as const;

/** The row of a request that has not been answered, without its owner. `added` are the rows of the blocks that it adds. */
export function rowOfRequest(request: SentRequest, added: readonly NewRow[]): NewRow {
  const row = {
    id: request.id,
    session_id: request.sessionId,
    parent_id: request.parentId ?? null,
    keeps: request.keeps,
    messages: request.keeps + request.added.length,
    epoch: request.epoch,
    cause: request.cause ?? null,
    provider: request.provider,
    model: request.model,
    max_input_tokens: request.maxInputTokens,
    tokens: request.tokens,
    expected_cached: request.expectedCached,
    digest: request.digest,
    left_out: JSON.stringify(request.leftOut),
    uses: JSON.stringify(request.uses),
    prices: request.prices ? JSON.stringify(request.prices) : null,
    created_at: request.createdAt,
    built_on_at: request.createdAt,
    added_digest: blocksDigest(added),
  };
  return { ...row, facts_digest: factsDigest(row) };
}

/** What an answer changes in the row of its request. */
export function rowOfAnswer(usage: Usage | undefined, answer: readonly NewRow[]): NewRow {
  const row = {
    input_tokens: usage?.input ?? null,
    cached_tokens: usage?.cached ?? null,
    cache_written_tokens: usage?.cacheWritten ?? null,
    output_tokens: usage?.output ?? null,
  };
  return { ...row, answer_digest: answerDigest(row, answer) };
}

/** SHA-256 of what is known of a request, and of which request it repeats if it repeats one. */
export function factsDigest(row: Row | NewRow): string {
  const repeated = row["keeps"] === 0 ? null : row["parent_id"];
  return sha256(JSON.stringify([repeated, ...factColumns.map((column) => row[column])]));
}

/** SHA-256 of blocks, in the order of their messages. */
export function blocksDigest(blocks: readonly (Row | NewRow)[]): string {
  return sha256(JSON.stringify(blocks.map((block) => blockColumns.map((column) => block[column]))));
}

/** SHA-256 of an answer and of what it cost. */
export function answerDigest(row: Row | NewRow, blocks: readonly (Row | NewRow)[]): string {
  return sha256(JSON.stringify([usageColumns.map((column) => row[column]), blocksDigest(blocks)]));
}

/** What is known of the request of a row. */
export function factsOf(row: Row): RequestFacts {
  const { parent_id: parentId, cause, prices, input_tokens: input } = row;
  return {
    id: String(row["id"]),
    sessionId: String(row["session_id"]),
    ...(parentId !== null && { parentId: String(parentId) }),
    keeps: Number(row["keeps"]),
    epoch: Number(row["epoch"]),
    ...(cause !== null && { cause: cause as EpochCause }),
    provider: String(row["provider"]),
    model: String(row["model"]),
    maxInputTokens: Number(row["max_input_tokens"]),
    tokens: Number(row["tokens"]),
    expectedCached: Number(row["expected_cached"]),
    digest: String(row["digest"]),
    leftOut: JSON.parse(String(row["left_out"])) as LeftOut[],
    uses: JSON.parse(String(row["uses"])) as string[],
    ...(prices !== null && { prices: JSON.parse(String(prices)) as Prices }),
    ...(input !== null && { usage: usageOf(row) }),
    answered: row["answer_digest"] !== null,
    createdAt: Number(row["created_at"]),
  };
}

function usageOf(row: Row): Usage {
  const written = row["cache_written_tokens"];
  return {
    input: Number(row["input_tokens"]),
    cached: Number(row["cached_tokens"]),
    ...(written !== null && { cacheWritten: Number(written) }),
    output: Number(row["output_tokens"]),
  };
}

/** The blocks of messages, in order. `digestOf` stores a text and says its SHA-256. */
export function rowsOfBlocks(
  messages: readonly LedgerMessage[],
  digestOf: (text: string) => string,
): readonly NewRow[] {
  return messages.flatMap((message, index) =>
    message.blocks.map((block, position) => ({
      message: index,
      position,
      role: message.role,
      tool_calls: message.toolCalls ? JSON.stringify(message.toolCalls) : null,
      tool_call_id: message.toolCallId === undefined ? null : JSON.stringify(message.toolCallId),
      message_tokens: message.tokens,
      kind: block.kind,
      tokens: block.tokens,
      files: JSON.stringify(block.files),
      content_id: sentAsItself(block),
      text_digest: digestOf(block.text),
    })),
  );
}

/** The content whose bytes stand in a block; null if there is none. */
function sentAsItself({ files }: Block): string | null {
  const [file, other] = files.filter(({ native }) => native && native.id === undefined);
  if (other) throw new Error("a block holds the bytes of two files");
  return file?.contentId ?? null;
}

/** The messages of these rows, which lie in order. */
export function messagesOf(
  rows: readonly Row[],
  textOf: (digest: string) => string,
): readonly LedgerMessage[] {
  const byMessage = Map.groupBy(rows, (row) => row["message"]);
  return [...byMessage.values()].flatMap((blocks) => {
    const [first] = blocks;
    return first
      ? [
          messageOf(
            first,
            blocks.map((row) => blockOf(row, textOf)),
          ),
        ]
      : [];
  });
}

function messageOf(row: Row, blocks: readonly Block[]): LedgerMessage {
  const { tool_calls: calls, tool_call_id: callId } = row;
  return {
    role: row["role"] as LedgerMessage["role"],
    blocks,
    tokens: Number(row["message_tokens"]),
    ...(calls !== null && { toolCalls: JSON.parse(String(calls)) as ToolCall[] }),
    ...(callId !== null && { toolCallId: JSON.parse(String(callId)) as string }),
  };
}

function blockOf(row: Row, textOf: (digest: string) => string): Block {
  return {
    kind: row["kind"] as Block["kind"],
    text: textOf(String(row["text_digest"])),
    tokens: Number(row["tokens"]),
    files: JSON.parse(String(row["files"])) as ShownFile[],
  };
}
