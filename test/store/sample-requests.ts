import type { Block, LedgerMessage, ShownFile } from "../../src/core/context/ledger/ledger.ts";
import type { SentRequest } from "../../src/core/ports/request-log.ts";
import type { Database } from "../../src/store/database.ts";
import { idOf } from "./samples.ts";

/** A message of one block for each text. */
export function messageOf(
  role: LedgerMessage["role"],
  texts: readonly string[],
  files: readonly ShownFile[] = [],
): LedgerMessage {
  const kind = role === "assistant" ? "answer" : "question";
  const blocks = texts.map((text): Block => ({ kind, text, tokens: text.length, files }));
  return { role, blocks, tokens: texts.join("").length + 4 };
}

/** A file whose text is its name, as a block shows it. */
export function shownFile(name: string, change: Partial<ShownFile> = {}): ShownFile {
  return { id: `id-${name}`, path: name, contentId: idOf(name), representation: "full", ...change };
}

/** A request of the session `s` that begins a conversation with a question, which is its id. */
export function requestOf(id: string, change: Partial<SentRequest> = {}): SentRequest {
  return {
    id,
    sessionId: "s",
    keeps: 0,
    epoch: 1,
    provider: "openai",
    model: "gpt",
    maxInputTokens: 100_000,
    tokens: 12,
    expectedCached: 0,
    digest: idOf(id),
    leftOut: [],
    uses: [],
    answered: false,
    createdAt: 1_000,
    added: [messageOf("user", [id])],
    answer: [],
    ...change,
  };
}

/** The request after another one, which repeats all of that one's log. */
export function nextOf(
  parent: SentRequest,
  id: string,
  change: Partial<SentRequest> = {},
): SentRequest {
  return requestOf(id, {
    sessionId: parent.sessionId,
    parentId: parent.id,
    keeps: parent.keeps + parent.added.length + parent.answer.length,
    createdAt: parent.createdAt + 1,
    ...change,
  });
}

/** A request that has been answered by this text. */
export function answeredBy(request: SentRequest, text: string): SentRequest {
  const usage = { input: 12, cached: 3, output: 4 };
  return { ...request, answered: true, answer: [messageOf("assistant", [text])], usage };
}

/** How many texts a store holds for its owner. */
export function textsIn(database: Database): number {
  const row = database
    .prepare("select count(*) as n from request_texts where owner = owner_id()")
    .get();
  return Number(row?.["n"]);
}
