import type { Registry } from "../../ports/registry.ts";
import type { ToolCall, Usage } from "../../ports/provider-chat.ts";
import type { RequestLog } from "../../ports/request-log.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import { countDrafts, draft } from "../draft.ts";
import { omitSentence } from "../account/omitted.ts";
import type { PreparedRequest } from "../prepare.ts";
import type { LedgerMessage } from "./ledger.ts";

/** Records a request before it leaves: from here on it can be proved. */
export async function recordRequest(
  ledger: RequestLog,
  { request }: PreparedRequest,
): Promise<void> {
  await ledger.saveRequest(request);
}

/** Records what a sent request showed of each file. Call it once the request has left. */
export async function recordSent(registry: Registry, request: PreparedRequest): Promise<void> {
  await registry.changeFiles([
    ...request.kept.map(({ view, kind }) => ({
      id: view.file.id,
      change: { context: kind, outReason: undefined },
    })),
    ...request.omitted.map(({ file, reason }) => ({
      id: file.id,
      change: {
        context:
          reason.kind === "resting" || reason.kind === "reset"
            ? ("stub" as const)
            : ("out" as const),
        outReason: omitSentence(reason),
      },
    })),
  ]);
}

/** What came back from a model. */
export interface Answer {
  readonly text: string;
  /** Tools that the model wants to be run before it goes on. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  readonly usage?: Usage | undefined;
}

/** Records the answer to a request; the next one will repeat it. */
export async function recordAnswer(
  { ledger, tokens }: { readonly ledger: RequestLog; readonly tokens: TokenCounter },
  requestId: string,
  { text, toolCalls = [], usage }: Answer,
): Promise<readonly LedgerMessage[]> {
  // A wish for a tool is sent again, too, and has no place in the text.
  const wishes = toolCalls.map(({ name, input }) => `${name} ${input}`).join(" ");
  const [nativeTokens = 0] = await tokens.count([wishes]);
  const drafted = { ...draft("answer", text), role: "assistant" as const, nativeTokens };
  const messages = await countDrafts(tokens, [drafted], undefined);
  const answer =
    toolCalls.length === 0
      ? messages
      : messages.map((message) => Object.assign({}, message, { toolCalls }));
  await ledger.saveAnswer(requestId, answer, usage);
  return answer;
}
