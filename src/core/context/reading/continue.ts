import type { SentRequest } from "../../ports/request-log.ts";
import type { KeptFile } from "../account/account.ts";
import { countDrafts, tokensOf, type Draft } from "../draft.ts";
import type { LedgerMessage } from "../ledger/ledger.ts";
import { continued } from "../ledger/conversation.ts";
import { digestOf, toMessages, type BytesOf } from "../message.ts";
import type { PreparedRequest, PrepareParts } from "../prepare.ts";

/**
 * The next request of the same turn: all that was sent, the model's answer, which asks for tools, and what the tools said. It repeats every byte, and so
 * finds the cache warm.
 */
export async function continueRequest(
  { tokens, contents }: Pick<PrepareParts, "tokens" | "contents">,
  before: PreparedRequest,
  answer: readonly LedgerMessage[],
  results: readonly Draft[],
): Promise<PreparedRequest> {
  const added = await countDrafts(tokens, results, undefined);
  const answered = { ...before.request, answer, answered: true };
  const conversation = continued(before.conversation, answered);
  const log = [...conversation.log, ...added];
  const uris = new Map(before.views.map(({ content, file }) => [content.contentId, file.uri]));
  const bytesOf: BytesOf = (contentId) =>
    contents.read({ contentId, uri: uris.get(contentId) ?? "" });
  const messages = await toMessages(log, bytesOf);
  const total = tokensOf(log);
  const read = readIn(before, added);
  const stands = new Set(read.map(({ view }) => view.file.id));
  const request = nextRequest(before, added, {
    keeps: conversation.log.length,
    tokens: total,
    digest: await digestOf(messages),
    leftOut: before.request.leftOut.filter(({ fileId }) => !stands.has(fileId)),
  });
  return {
    ...before,
    request,
    conversation,
    log,
    messages,
    kept: [...before.kept.filter(({ view }) => !stands.has(view.file.id)), ...read],
    omitted: before.omitted.filter(({ file }) => !stands.has(file.id)),
    tokens: { ...before.tokens, total },
  };
}

function nextRequest(
  { request }: PreparedRequest,
  added: readonly LedgerMessage[],
  facts: Pick<SentRequest, "keeps" | "tokens" | "digest" | "leftOut">,
): SentRequest {
  const shown = added.flatMap(({ blocks }) => blocks.flatMap(({ files }) => files));
  return {
    ...request,
    ...facts,
    id: crypto.randomUUID(),
    parentId: request.id,
    cause: undefined,
    expectedCached: request.tokens,
    uses: shown.map(({ id }) => id),
    usage: undefined,
    answered: false,
    answer: [],
    added,
  };
}

/** Files that messages show whole. */
function readIn(
  { views }: PreparedRequest,
  messages: readonly LedgerMessage[],
): readonly KeptFile[] {
  return messages.flatMap(({ blocks, tokens }) =>
    blocks.flatMap(({ files }) =>
      files.flatMap(({ id, path, representation }): readonly KeptFile[] => {
        const view = views.find(({ file }) => file.id === id);
        return view && representation === "full" ? [{ view, path, kind: "full", tokens }] : [];
      }),
    ),
  );
}
