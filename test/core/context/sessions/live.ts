/** Lives a session step by step through the engine, as the chat does, and shows every request that would be sent to a witness. */
import { continueRequest } from "../../../../src/core/context/reading/continue.ts";
import type { LoggedMessage } from "../../../../src/core/context/ledger/conversation.ts";
import { countDrafts, type Draft } from "../../../../src/core/context/draft.ts";
import type { LedgerMessage } from "../../../../src/core/context/ledger/ledger.ts";
import { prepareRequest, type PreparedRequest } from "../../../../src/core/context/prepare.ts";
import { isFull, readBack, roomToRead } from "../../../../src/core/context/reading/read-back.ts";
import {
  recordAnswer,
  recordRequest,
  recordSent,
} from "../../../../src/core/context/ledger/record.ts";
import { defaultContextRules, type ContextRules } from "../../../../src/core/context/set-scene.ts";
import type { ToolCall } from "../../../../src/core/ports/provider-chat.ts";
import { happen } from "./happenings.ts";
import { answerTo } from "./model-answers.ts";
import type { Ask, Reading } from "./random-session.ts";
import { Random } from "./random.ts";
import type { World } from "./world.ts";

const maxBytes = 50_000_000;

/** A request that is about to be sent. */
export interface Sight {
  readonly world: World;
  readonly ask: Ask;
  readonly question: string;
  /** Ids of files that came with the question. */
  readonly attached: readonly string[];
  readonly prepared: PreparedRequest;
  /** True for one that goes on after tools have been run. */
  readonly isRound: boolean;
}

export interface Witness {
  /** Called when the request is in the ledger. */
  sees(sight: Sight): Promise<void>;
  /** Called when the request has been answered. */
  hears(requestId: string, answer: readonly LedgerMessage[]): void;
}

export async function live(world: World, witness: Witness): Promise<void> {
  for (const step of world.session.steps) {
    if (step.do === "ask") await ask(world, step, witness);
    else await happen(world, step);
  }
}

async function ask(world: World, step: Ask, witness: Witness): Promise<void> {
  const { memory } = world;
  world.beginTurn();
  const attached = step.attached.flatMap((which) => memory.add(world.file(which)?.uri ?? "") ?? []);
  const question = questionOf(world, step);
  const prepared = await prepareRequest(memory.parts, {
    view: memory.view(),
    question,
    turns: world.turns,
    attached,
    target: world.target,
    shares: { files: world.session.share },
    rules: rulesOf(world),
    maxBytes,
    now: world.now,
    ...(step.epoch && { epoch: step.epoch }),
  });
  const sight: Sight = { world, ask: step, question, attached, prepared, isRound: false };
  await send(sight, witness);
  if (!step.fails) await answer(sight, witness);
}

async function send(sight: Sight, witness: Witness): Promise<void> {
  const { prepared, world } = sight;
  await recordRequest(world.memory.parts.ledger, prepared);
  await witness.sees(sight);
  await recordSent(world.memory.parts.registry, prepared);
}

async function answer(first: Sight, witness: Witness): Promise<void> {
  const { world, question, ask: step } = first;
  const { parts } = world.memory;
  const requestIds: string[] = [];
  let { prepared } = first;
  for (const [number, readings] of step.rounds.entries()) {
    const { maxInputTokens, tokens } = prepared.request;
    // As the chat does: an answer is taken for more tokens than it has.
    if (isFull(maxInputTokens, tokens + writtenAtMost(readings), readings.length)) break;
    requestIds.push(prepared.request.id);
    prepared = await round({ ...first, prepared }, { number, readings }, witness);
  }
  const { id } = prepared.request;
  const { text, afterwards } = answerTo(world, step);
  witness.hears(id, await recordAnswer(parts, id, { text }));
  world.turns = [...world.turns, { question, answer: text, requestIds: [...requestIds, id] }];
  for (const happens of afterwards) happens();
}

/** Characters of an answer that asks for so many readings, names and all. */
function writtenAtMost(readings: readonly Reading[]): number {
  return 40 + readings.length * 120;
}

interface Round {
  readonly number: number;
  readonly readings: readonly Reading[];
}

/** The model reads files: gives the request that tells it what they say. */
async function round(
  sight: Sight,
  { number, readings }: Round,
  witness: Witness,
): Promise<PreparedRequest> {
  const { parts } = sight.world.memory;
  const { id } = sight.prepared.request;
  const toolCalls = readings.map((reading, index) =>
    callOf(sight.world, reading, `${number}.${index}`),
  );
  const answered = await recordAnswer(parts, id, { text: "Let me look.", toolCalls });
  witness.hears(id, answered);
  const log = [...sight.prepared.log, ...answered];
  const results = await resultsOf({ ...sight, log }, readings, toolCalls);
  const prepared = await continueRequest(parts, sight.prepared, answered, results);
  await send({ ...sight, prepared, isRound: true }, witness);
  return prepared;
}

function callOf(world: World, { which }: Reading, id: string): ToolCall {
  const file = world.file(which);
  const path = file && which % 10 !== 9 ? world.pathOf(file) : "nowhere.md";
  return { id, name: "read_session_file", input: JSON.stringify({ path }) };
}

async function resultsOf(
  { prepared, world, log: before }: Sight & { readonly log: readonly LedgerMessage[] },
  readings: readonly Reading[],
  calls: readonly ToolCall[],
): Promise<readonly Draft[]> {
  const { parts } = world.memory;
  const results: Draft[] = [];
  const log = numbered(before);
  for (const [index, { which, lines, edit }] of readings.entries()) {
    const call = calls[index];
    if (!call) continue;
    const file = world.file(which);
    if (edit && file) world.edit(file, edit, which);
    const { path } = JSON.parse(call.input) as { path: string };
    const [firstLine, lastLine] = lines ?? [];
    const used = log.reduce((sum, { tokens }) => sum + tokens, 0);
    const room = roomToRead(prepared.request.maxInputTokens, used);
    const reading = { view: world.memory.view(), log, room, options: { maxBytes } };
    const result = await readBack(parts, reading, { path, firstLine, lastLine });
    const told = { ...result, toolCallId: call.id };
    results.push(told);
    log.push(...numbered(await countDrafts(parts.tokens, [told], undefined)));
  }
  return results;
}

function numbered(messages: readonly LedgerMessage[]): LoggedMessage[] {
  return messages.map((message) => Object.assign({}, message, { request: 0 }));
}

function questionOf(world: World, { seed, words, named }: Ask): string {
  const random = new Random(seed);
  const prose = Array.from({ length: words }, () =>
    random.pick(["why", "which", "north", "quarter", "lead?"]),
  );
  const names = named.flatMap((which) => {
    const file = world.file(which);
    return file ? [world.pathOf(file)] : [];
  });
  const odd = random.chance(0.05) ? ` Mind ${world.fence}.` : "";
  return ["Tell:", ...prose, ...names].join(" ") + odd;
}

function rulesOf({ session }: World): ContextRules {
  const { restAfterUses, keepTurns, newestFirst } = session;
  const life = { ...defaultContextRules.life, restAfterUses, keepTurns, keepTurnTokens: 400 };
  return { ...defaultContextRules, life, newestFirst };
}
