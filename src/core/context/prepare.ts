import type { Registry } from "../ports/registry.ts";
import type { FileView, Session, SessionView } from "../session/session.ts";
import { divideWindow, type Budget, type Shares } from "./budget.ts";
import { countInput, countMessages, type Block, type CountedInput } from "./count.ts";
import { gather, type GatherOptions, type GatherParts } from "./gather.ts";
import { trimHistory, type CountedTurn, type Turn } from "./history.ts";
import type { Message } from "./message.ts";
import { omitSentence, type OmittedFile } from "./omitted.ts";
import { pack, type Pack } from "./pack.ts";
import { renderFile, renderMessages } from "./render.ts";

export interface PrepareInput extends GatherOptions {
  readonly view: SessionView;
  readonly question: string;
  /** The conversation so far, oldest first. */
  readonly turns: readonly Turn[];
  /** Tokens that the model's input may hold. */
  readonly maxInputTokens: number;
  readonly shares: Shares;
}

/** A file that stands in a request. */
export interface KeptFile {
  readonly view: FileView;
  readonly path: string;
  readonly kind: "full" | "excerpt" | "digest" | "reference" | "stub";
  readonly tokens: number;
}

/** A request, ready to send, with the account of what it holds. */
export interface PreparedRequest {
  readonly messages: readonly Message[];
  /** In the order in which they stand in the request. */
  readonly kept: readonly KeptFile[];
  readonly omitted: readonly OmittedFile[];
  readonly budget: Budget;
  readonly tokens: {
    /** Exact tokens of all messages, with what a provider adds around each. */
    readonly total: number;
    readonly files: number;
  };
  /** Turns of the conversation that were left out for lack of room. */
  readonly droppedTurns: number;
  /** The same for all requests of a session, whose prefixes are alike. Tells nothing of the session. */
  readonly cacheKey: string;
  /** SHA-256 of the messages as JSON, in hex: proves later what was sent. */
  readonly digest: string;
}

/**
 * Prepares a request for a question about a session's files: reads the files as they are now, packs what fits the budget, trims the conversation,
 * and puts the question last. Never over the window. Rejects with an `AbortError` when cancelled.
 */
export async function prepareRequest(
  parts: GatherParts,
  input: PrepareInput,
): Promise<PreparedRequest> {
  const { session, files } = input.view;
  const ordered = inRequestOrder(files);
  const gathered = await gather(parts, session, ordered, input);
  const counted = await countInput(parts.tokens, session.fence, gathered.files, input);
  const budget = divideWindow(input.maxInputTokens, input.shares);
  let filesBudget = Math.max(0, Math.min(budget.files, budget.window - counted.fixed));
  for (;;) {
    const packed = packBlocks(counted.blocks, filesBudget);
    const turns = trimHistory(counted.turns, budget.window - counted.fixed - packed.tokens);
    const messages = assemble(session, counted, packed, turns);
    const total =
      (await countMessages(parts.tokens, messages, input.signal)) + nativeTokens(counted, packed);
    // Joining blocks can cost a token more than their sum: then pack once more, a little tighter.
    if (total > budget.window && packed.tokens > 0) {
      filesBudget = packed.tokens - (total - budget.window);
      continue;
    }
    return {
      messages,
      ...account(counted.blocks, packed, gathered.omitted),
      budget,
      tokens: { total, files: packed.tokens },
      droppedTurns: input.turns.length - turns.length,
      cacheKey: await cacheKeyOf(session),
      digest: await digestOf(messages),
    };
  }
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
      change: { context: "out" as const, outReason: omitSentence(reason) },
    })),
  ]);
}

/** Base files stand first; within each part the order is that of first use, so that the prefix stays. */
function inRequestOrder(files: readonly FileView[]): readonly FileView[] {
  return [
    ...files.filter(({ file }) => file.role === "base"),
    ...files.filter(({ file }) => file.role !== "base"),
  ];
}

function packBlocks(blocks: readonly Block[], budget: number): Pack {
  const candidates = blocks.map(({ view, blockTokens, native }) => ({
    fileId: view.file.id,
    mustHave: view.file.pinned,
    representations: [
      {
        kind: native?.source.kind === "reference" ? ("reference" as const) : ("full" as const),
        tokens: blockTokens,
      },
    ],
  }));
  return pack(candidates, budget);
}

function assemble(
  session: Session,
  counted: CountedInput,
  packed: Pack,
  turns: readonly CountedTurn[],
): readonly Message[] {
  const kept = new Set(packed.kept.map(({ fileId }) => fileId));
  const shown = counted.blocks.filter(({ view }) => kept.has(view.file.id));
  const blocks = shown
    .filter(({ native }) => !native)
    .map(({ view, path, text }) => renderFile(session.fence, view, path, text));
  const files = shown.flatMap(({ native }) => native ?? []);
  const { question } = counted;
  return renderMessages({ fence: session.fence, blocks, files, turns, question });
}

/** Tokens that no text of a message tells. */
function nativeTokens({ blocks }: CountedInput, { kept }: Pack): number {
  const ids = new Set(kept.map(({ fileId }) => fileId));
  return blocks
    .filter(({ view, native }) => native && ids.has(view.file.id))
    .reduce((sum, { blockTokens }) => sum + blockTokens, 0);
}

function account(
  blocks: readonly Block[],
  packed: Pack,
  omitted: readonly OmittedFile[],
): Pick<PreparedRequest, "kept" | "omitted"> {
  const byId = new Map(blocks.map((block) => [block.view.file.id, block]));
  const kept = packed.kept.flatMap(({ fileId, representation }) => {
    const block = byId.get(fileId);
    return block ? [{ view: block.view, path: block.path, ...representation }] : [];
  });
  const misfits = packed.misfits.flatMap(({ fileId, needs, left }): OmittedFile[] => {
    const block = byId.get(fileId);
    return block
      ? [{ file: block.view.file, path: block.path, reason: { kind: "misfit", needs, left } }]
      : [];
  });
  return { kept, omitted: [...omitted, ...misfits] };
}

async function digestOf(messages: readonly Message[]): Promise<string> {
  const told = await Promise.all(messages.map(withDigests));
  return sha256(new TextEncoder().encode(JSON.stringify(told)));
}

/** A message with the digests of files that stand in it as bytes, instead of the bytes. */
async function withDigests({ files, ...message }: Message): Promise<object> {
  if (!files) return message;
  const told = files.map(async ({ source, ...file }) => ({
    ...file,
    source: source.kind === "bytes" ? { sha256: await sha256(source.bytes) } : source,
  }));
  return { ...message, files: await Promise.all(told) };
}

async function cacheKeyOf({ id }: Session): Promise<string> {
  return `satchel-${(await sha256(new TextEncoder().encode(id))).slice(0, 16)}`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
