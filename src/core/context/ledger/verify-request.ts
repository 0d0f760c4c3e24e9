import { isContextError } from "../../errors.ts";
import type { Contents } from "../../ports/contents.ts";
import type { RequestLog, SentRequest } from "../../ports/request-log.ts";
import type { ChatMessage } from "../../ports/provider-chat.ts";
import type { SessionView } from "../../session/session.ts";
import { logOf } from "./conversation.ts";
import type { LedgerMessage } from "./ledger.ts";
import { digestOf, toMessages } from "../message.ts";

/** A request as it was rebuilt from the store alone. */
export interface RebuiltRequest {
  readonly request: SentRequest;
  /** All its messages. */
  readonly log: readonly LedgerMessage[];
  readonly messages: readonly ChatMessage[];
  /** What was sent before it, with its answer. */
  readonly before: readonly LedgerMessage[];
}

/** The outcome of a verification. */
export type Verification =
  | { readonly kind: "equal" | "different"; readonly rebuilt: RebuiltRequest }
  /** Why it cannot be rebuilt, for people. */
  | { readonly kind: "lost"; readonly why: string };

export interface RebuildParts {
  readonly ledger: RequestLog;
  readonly contents: Contents;
}

/** Rebuilds a request byte for byte and compares its digest with the one that was recorded when it was sent. */
export async function verifyRequest(
  parts: RebuildParts,
  view: SessionView,
  id: string,
): Promise<Verification> {
  try {
    const rebuilt = await rebuildRequest(parts, view, id);
    if (!rebuilt)
      return { kind: "lost", why: "its texts have expired, as stored copies do, or it is unknown" };
    const digest = await digestOf(rebuilt.messages);
    return { kind: digest === rebuilt.request.digest ? "equal" : "different", rebuilt };
  } catch (error) {
    if (isContextError(error)) return { kind: "lost", why: error.message };
    throw error;
  }
}

/** The request with all its messages; undefined if the ledger does not hold them any more. Rejects as the registry and the contents do. */
export async function rebuildRequest(
  { ledger, contents }: RebuildParts,
  view: SessionView,
  id: string,
): Promise<RebuiltRequest | undefined> {
  const chain = await ledger.chain(id);
  const request = chain.at(-1);
  if (!request) return undefined;
  const before = logOf(chain.slice(0, -1), 0);
  const log = [...before.slice(0, request.keeps), ...request.added];
  const uris = new Map(view.files.map(({ content, file }) => [content.contentId, file.uri]));
  const messages = await toMessages(log, (contentId) =>
    contents.read({ contentId, uri: uris.get(contentId) ?? "" }),
  );
  return { request, log, messages, before };
}
