import type { RequestFacts, SentRequest } from "../core/ports/request-log.ts";
import {
  answerDigest,
  blocksDigest,
  factsDigest,
  factsOf,
  messagesOf,
  type Part,
} from "./request-rows.ts";
import { sha256, textOf } from "./request-texts.ts";
import type { Row } from "./rows.ts";
import { ledgerDamaged } from "./store-errors.ts";

/**
 * The requests of these rows, oldest first, with their messages. Every row and every text is compared with its SHA-256: throws `store-damaged` for
 * what is not as it was stored.
 */
export function sentRequests(
  rows: readonly Row[],
  blocks: readonly Row[],
  texts: readonly Row[],
): readonly SentRequest[] {
  requireChain(rows);
  const known = new Map(texts.map((row) => [String(row["digest"]), soundText(row)]));
  const find = (digest: string): string => {
    const text = known.get(digest);
    if (text === undefined) throw ledgerDamaged(`the text ${digest} is gone`);
    return text;
  };
  const ofRequest = Map.groupBy(blocks, (row) => row["request_id"]);
  return rows.map((row) => {
    const own = ofRequest.get(row["id"] ?? null) ?? [];
    const trouble = troubleIn(row, own);
    if (trouble !== undefined) throw ledgerDamaged(`the request ${String(row["id"])}: ${trouble}`);
    const [added, answer] = [partOf(own, "added"), partOf(own, "answer")];
    return { ...factsOf(row), added: messagesOf(added, find), answer: messagesOf(answer, find) };
  });
}

/** What is known of the request of a row. Throws `store-damaged` for what is not as it was stored. */
export function soundFactsOf(row: Row): RequestFacts {
  if (hasItsFacts(row)) return factsOf(row);
  throw ledgerDamaged(`the request ${String(row["id"])}: its facts are not those that were stored`);
}

/** What is wrong with the rows of a request whose texts are there; undefined if nothing is. */
export function troubleIn(row: Row, blocks: readonly Row[]): string | undefined {
  const [added, answer] = [partOf(blocks, "added"), partOf(blocks, "answer")];
  if (!hasItsFacts(row)) return "its facts are not those that were stored";
  if (blocksDigest(added) !== row["added_digest"]) return "its blocks are not those that it added";
  const isOpen = answer.length === 0 && row["answer_digest"] === null;
  if (!isOpen && answerDigest(row, answer) !== row["answer_digest"]) {
    return "its answer is not the one that came";
  }
  const messages = Number(row["keeps"]) + countOf(added) + countOf(answer);
  return messages === row["messages"] ? undefined : "its log has another length";
}

/** True if what is known of a request is what was stored. */
export function hasItsFacts(row: Row): boolean {
  return factsDigest(row) === row["facts_digest"];
}

/** True if a stored text has the bytes that its SHA-256 says. */
export function isSoundText(row: Row): boolean {
  const { text } = row;
  return text instanceof Uint8Array && sha256(text) === row["digest"];
}

function soundText(row: Row): string {
  const { text } = row;
  if (text instanceof Uint8Array && isSoundText(row)) return textOf(text);
  throw ledgerDamaged(`the text ${String(row["digest"])} is not the one that was stored`);
}

/** Each request must repeat no more than the log of the one before it, and the first one nothing. */
function requireChain(rows: readonly Row[]): void {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    const most = before ? Number(before["messages"]) : 0;
    if (Number(row["keeps"]) <= most) continue;
    throw ledgerDamaged(`the request ${String(row["id"])}: what it repeats is not there`);
  }
}

function partOf(blocks: readonly Row[], part: Part): readonly Row[] {
  return blocks.filter((row) => row["part"] === part);
}

function countOf(blocks: readonly Row[]): number {
  return new Set(blocks.map((row) => row["message"])).size;
}
