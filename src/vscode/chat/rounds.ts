import type { CancellationToken, ChatResponseStream, LanguageModelChat } from "vscode";
import { continueRequest } from "../../core/context/reading/continue.ts";
import { countDrafts, tokensOf, type Draft } from "../../core/context/draft.ts";
import { logged, type LoggedMessage } from "../../core/context/ledger/conversation.ts";
import type { PreparedRequest } from "../../core/context/prepare.ts";
import { isFull, readBack, roomToRead } from "../../core/context/reading/read-back.ts";
import { readTool, wishOf } from "../../core/context/reading/read-tool.ts";
import { trimLine } from "../../core/context/account/show.ts";
import { recordAnswer, recordRequest } from "../../core/context/ledger/record.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import type { RequestFacts } from "../../core/ports/request-log.ts";
import type { ToolCall } from "../../core/ports/provider-chat.ts";
import { confirmSecret } from "../confirm.ts";
import type { Parts } from "../parts.ts";
import { signalOf } from "../progress.ts";
import { readSettings } from "../settings.ts";
import { namedIfStale } from "./renew.ts";
import { send, type Answered } from "./send.ts";

/** Who asks whom. */
export interface Asking {
  readonly parts: Parts;
  readonly model: LanguageModelChat;
  readonly stream: ChatResponseStream;
  readonly token: CancellationToken;
  /** Belongs to the question. */
  readonly run: RunOperation;
}

/** A question that has been answered. */
export interface AnsweredTurn {
  /** The last request, which the account tells of. */
  readonly last: PreparedRequest;
  /** Its requests that were answered, in order, as the ledger knows them. */
  readonly requests: readonly RequestFacts[];
  /** The model's own text. */
  readonly answer: string;
}

/** So often a model may read before it has to answer. */
const mostRounds = 8;

/** Asks a model, and lets it read session files as often as it wants before it answers. Every request is in the ledger before it leaves. */
export async function askInRounds(asking: Asking, first: PreparedRequest): Promise<AnsweredTurn> {
  const { parts, stream } = asking;
  let prepared = first;
  const trimmed = trimLine(first);
  if (trimmed !== undefined) parts.report.log.info(trimmed);
  const requests: RequestFacts[] = [];
  let said = "";
  for (let round = 1; ; round++) {
    const answer = await ask(asking, prepared);
    said += answer.text;
    const mustEnd =
      answer.toolCalls.length === 0 || round > mostRounds || isFullAfter(prepared, answer);
    if (mustEnd && answer.text === "") return { last: prepared, requests: [], answer: "" };
    const usage = parts.bills.take(prepared.request.id);
    const { text, toolCalls } = answer;
    const recorded = { text, usage, toolCalls: mustEnd ? [] : toolCalls };
    const messages = await recordAnswer(parts, prepared.request.id, recorded);
    requests.push({ ...prepared.request, usage, answered: true });
    if (mustEnd) return { last: prepared, requests, answer: said };
    stream.progress(
      `Reading ${toolCalls.map((call) => wishOf(call)?.path ?? call.name).join(", ")}`,
    );
    const log = logged([...prepared.log, ...messages], 0);
    const results = await resultsOf(asking, { log, request: prepared.request }, toolCalls, round);
    prepared = await continueRequest(parts, prepared, messages, results);
  }
}

/** True if the window has no room for what the tools would say. A character of an answer is taken for a token: that is too many. */
function isFullAfter({ request }: PreparedRequest, { text, toolCalls }: Answered): boolean {
  const { maxInputTokens, tokens } = request;
  const written = text.length + toolCalls.reduce((sum, { input }) => sum + input.length, 0);
  return isFull(maxInputTokens, tokens + written, toolCalls.length);
}

async function ask(asking: Asking, prepared: PreparedRequest): Promise<Answered> {
  await recordRequest(asking.parts.ledger, prepared);
  try {
    return await send({ ...asking, registry: asking.parts.registry, prepared });
  } catch (error) {
    throw namedIfStale(error, prepared);
  }
}

/** What a round of reading goes on from. */
interface Round {
  /** The request, and the answer that asks for tools. */
  readonly log: readonly LoggedMessage[];
  readonly request: PreparedRequest["request"];
}

/** What the tools say, a message for each call. */
async function resultsOf(
  asking: Asking,
  { log: before, request }: Round,
  calls: readonly ToolCall[],
  round: number,
): Promise<readonly Draft[]> {
  const results: Draft[] = [];
  const log = [...before];
  for (const call of calls) {
    const result = round >= mostRounds ? enough : await resultOf(asking, { log, request }, call);
    const answered = { ...result, toolCallId: call.id };
    results.push(answered);
    log.push(...logged(await countDrafts(asking.parts.tokens, [answered], undefined), 0));
  }
  return results;
}

async function resultOf(
  { parts, model, token }: Asking,
  { log, request }: Round,
  call: ToolCall,
): Promise<Draft> {
  const wish = call.name === readTool.name ? wishOf(call) : undefined;
  if (!wish) return saying(`There is no tool ${call.name}, or its input names no file.`);
  return readBack(
    { ...parts, confirm: confirmSecret("Send", `to ${model.name}`) },
    {
      view: await parts.active.latest(),
      log,
      room: roomToRead(request.maxInputTokens, tokensOf(log)),
      options: { maxBytes: readSettings().maxBytes, signal: signalOf(token) },
    },
    wish,
  );
}

const enough = saying("That is enough reading for one question: answer with what you have.");

function saying(text: string): Draft {
  return { kind: "pointer", role: "tool", text, files: [] };
}
