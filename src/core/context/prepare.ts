import type { ChatMessage } from "../ports/provider-chat.ts";
import type { Phases } from "../ports/phases.ts";
import type { RequestLog, SentRequest } from "../ports/request-log.ts";
import type { TextSearch } from "../ports/text-search.ts";
import type { FileView, Session, SessionView } from "../session/session.ts";
import { accountFor, type Account } from "./account/account.ts";
import { divideWindow, type Budget, type Shares } from "./budget.ts";
import { compose, type Composed } from "./compose.ts";
import { logged, newConversation, type Conversation } from "./ledger/conversation.ts";
import { draft, tokensOf } from "./draft.ts";
import { gather, type Gathered, type GatherOptions, type GatherParts } from "./gather.ts";
import { loadHistory, type ChatTurn } from "./ledger/history.ts";
import type { LedgerMessage } from "./ledger/ledger.ts";
import { leadingMessages } from "./leading.ts";
import { digestOf, sha256, toMessages } from "./message.ts";
import {
  planOf,
  knownFiles,
  largestWanted,
  warmthOf,
  type CausedPlan,
  type Planning,
} from "./plan.ts";
import { omitSentence } from "./account/omitted.ts";
import { fitQuestion } from "./question.ts";
import { renderGone, type GoneReason } from "./text/render.ts";
import type { ComposeParts, Scene } from "./scene.ts";
import { setScene, type ContextRules } from "./set-scene.ts";
import { shownBy } from "./ledger/standing.ts";
import type { TargetModel } from "./target-model.ts";
import { wantedEpoch } from "./wanted-epoch.ts";

export interface PrepareParts extends GatherParts, ComposeParts {
  readonly ledger: RequestLog;
  readonly phases: Phases;
  readonly search: TextSearch;
}

export interface PrepareInput extends GatherOptions {
  readonly view: SessionView;
  readonly question: string;
  /** The conversation so far, oldest first, as the chat tells it. */
  readonly turns: readonly ChatTurn[];
  /** Ids of session files that came with the question. */
  readonly attached: readonly string[];
  /** Files that came with the question and cannot be shown, by the names that the model is to know them by. */
  readonly unshown?: readonly { readonly path: string; readonly reason: GoneReason }[] | undefined;
  readonly target: TargetModel;
  readonly shares: Shares;
  readonly rules: ContextRules;
  /** What the user asked for: a new epoch, or one in which files are only named. */
  readonly epoch?: "compact" | "reset" | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A request, ready to send, with the account of what it holds. */
export interface PreparedRequest extends Account {
  /** As the ledger will hold it. */
  readonly request: SentRequest;
  /** The files of the session. */
  readonly views: readonly FileView[];
  /** The conversation before it. */
  readonly conversation: Conversation;
  /** All its messages, as the ledger knows them. */
  readonly log: readonly LedgerMessage[];
  /** The same, as they are sent. */
  readonly messages: readonly ChatMessage[];
  readonly budget: Budget;
  /** Turns of the conversation that were left out for lack of room, or because they are old. */
  readonly droppedTurns: number;
  /** The same for all requests of a session, whose prefixes are alike. Tells nothing of the session. */
  readonly cacheKey: string;
}

/**
 * Prepares a request for a question about a session's files: reads the files as they are now, repeats what was sent before byte for byte, appends what has
 * changed, and begins a new epoch where that pays. Never over the window. Rejects with an `AbortError` when cancelled, with `window-too-small` if
 * the model cannot even take the question.
 */
export async function prepareRequest(
  parts: PrepareParts,
  input: PrepareInput,
): Promise<PreparedRequest> {
  const { session, files } = input.view;
  const history = await loadHistory(parts, session.id, input.turns, input.signal);
  const conversation = history.conversation ?? newConversation;
  const gathered = await gather(parts, session, files, input);
  const epoch = await wantedEpoch(parts.phases, session.id, conversation.requests, input);
  const budget = divideWindow(input.target.maxInputTokens, input.shares);
  const { restsBefore } = epoch;
  const asked = { ...input, fence: session.fence, restsBefore, filesBudget: budget.files };
  const scene = await setScene(parts, gathered, conversation, asked);
  const question = await fitQuestion(parts.tokens, session.fence, input);
  const planning: Planning = {
    conversation,
    earlierLog: history.log,
    forced: epoch.cause,
    warmth: warmthOf(input, conversation),
    leading: await leadingMessages(parts, session, budget.window),
    unshown: (input.unshown ?? []).map(({ path, reason }) =>
      draft("gone", renderGone(session.fence, path, reason)),
    ),
    question: draft("question", question),
    budget,
    life: input.rules.life,
    signal: input.signal,
  };
  const { plan, composed } = await planned(parts, scene, planning);
  return finish(parts, { input, conversation, scene, gathered, budget, plan }, composed);
}

/** A request that goes on, or one that begins an epoch because a file that must be there would not fit otherwise. */
async function planned(
  parts: PrepareParts,
  scene: Scene,
  planning: Planning,
): Promise<{ readonly plan: CausedPlan; readonly composed: Composed }> {
  const plan = await planOf(parts, scene, planning);
  const composed = await compose(parts, scene, plan, planning.signal);
  const isOver = composed.tokens > planning.budget.window;
  const isMissed = missesNamed(scene, planning, composed);
  if (!(isOver && plan.keeps > 1) && (plan.cause || !isMissed)) return { plan, composed };
  const anew = await planOf(parts, scene, { ...planning, forced: "window" });
  return { plan: anew, composed: await compose(parts, scene, anew, planning.signal) };
}

/** True if a file that the request is about does not stand whole, although an epoch would have room for it. */
function missesNamed(
  { present, uses }: Scene,
  { conversation, budget }: Planning,
  { keeps, added }: Composed,
): boolean {
  const { standing } = shownBy(logged([...conversation.log.slice(0, keeps), ...added], 0));
  return [...uses].some((id) => {
    const file = present.get(id);
    return file && !standing.has(id) && file.tokens <= budget.window * largestWanted;
  });
}

interface Prepared {
  readonly input: PrepareInput;
  readonly conversation: Conversation;
  readonly scene: Scene;
  readonly gathered: Gathered;
  readonly budget: Budget;
  readonly plan: CausedPlan;
}

async function finish(
  { contents }: PrepareParts,
  prepared: Prepared,
  composed: Composed,
): Promise<PreparedRequest> {
  const { input, conversation, scene, gathered, budget } = prepared;
  const { session, files } = input.view;
  const log = [...conversation.log.slice(0, composed.keeps), ...composed.added];
  const uris = new Map(files.map(({ content, file }) => [content.contentId, file.uri]));
  const messages = await toMessages(log, (contentId) =>
    contents.read({ contentId, uri: uris.get(contentId) ?? "" }, input.signal),
  );
  const account = accountFor(log, scene, gathered, composed);
  const request = requestOf(prepared, composed, account, await digestOf(messages));
  const { droppedTurns } = composed;
  const cacheKey = await cacheKeyOf(session);
  const views = input.view.files;
  return {
    ...account,
    request,
    views,
    conversation,
    log,
    messages,
    budget,
    droppedTurns,
    cacheKey,
  };
}

function requestOf(
  { input, conversation: { requests, log, sent }, scene, plan }: Prepared,
  { keeps, tokens, added }: Composed,
  { omitted }: Account,
  digest: string,
): SentRequest {
  const parent = requests.at(-1);
  const { prices, provider, model, maxInputTokens } = input.target;
  const repeated = plan.warmth.isWarm ? Math.min(keeps, sent) : 0;
  return {
    id: crypto.randomUUID(),
    sessionId: input.view.session.id,
    parentId: parent?.id,
    keeps,
    epoch: (parent?.epoch ?? 0) + (plan.cause ? 1 : 0),
    cause: plan.cause,
    provider,
    model,
    maxInputTokens,
    tokens,
    expectedCached: tokensOf(log.slice(0, repeated)),
    digest,
    leftOut: omitted.map(({ file, path, reason }) => ({
      fileId: file.id,
      path,
      isKnown: reason.kind === "misfit" || reason.kind === "resting",
      reason: omitSentence(reason),
    })),
    uses: usesOf(scene, requests, log),
    prices,
    answered: false,
    createdAt: input.now,
    added,
    answer: [],
  };
}

/** Files that the request is about, and those that are new to the conversation. */
function usesOf(
  scene: Scene,
  requests: Conversation["requests"],
  log: Conversation["log"],
): readonly string[] {
  const known = knownFiles(requests, log);
  const news = [...scene.present.keys()].filter((id) => requests.length > 0 && !known.has(id));
  return [...new Set([...scene.uses, ...news])].filter((id) => scene.present.has(id));
}

async function cacheKeyOf({ id }: Session): Promise<string> {
  return `satchel-${(await sha256(new TextEncoder().encode(id))).slice(0, 16)}`;
}
