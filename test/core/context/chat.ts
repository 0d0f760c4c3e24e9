import type { ChatTurn } from "../../../src/core/context/ledger/history.ts";
import type { LedgerMessage } from "../../../src/core/context/ledger/ledger.ts";
import type { ModelReader } from "../../../src/core/context/native-files.ts";
import { prepareRequest, type PreparedRequest } from "../../../src/core/context/prepare.ts";
import {
  recordAnswer,
  recordRequest,
  recordSent,
} from "../../../src/core/context/ledger/record.ts";
import type { TargetModel } from "../../../src/core/context/target-model.ts";
import { defaultContextRules, type ContextRules } from "../../../src/core/context/set-scene.ts";
import { answering, maxBytes, type TestParts } from "../../fixtures/parts.ts";

export interface Asked {
  readonly question?: string;
  readonly turns?: readonly ChatTurn[];
  /** Names of files that come with the question. */
  readonly attached?: readonly string[];
  readonly maxInputTokens?: number;
  /** The files' share of the window. */
  readonly files?: number;
  /** The user's answer when a file looks like a secret. */
  readonly allow?: boolean;
  readonly epoch?: "compact" | "reset";
  readonly rules?: Partial<ContextRules>;
  readonly target?: Partial<TargetModel>;
  readonly reader?: ModelReader;
  readonly now?: number;
}

const usual: TargetModel = {
  provider: "demo",
  model: "model-1",
  maxInputTokens: 100_000,
  prices: { input: 1, cached: 0.1, output: 8 },
  cacheLifetime: 300_000,
};

/** Prepares a request and does not send it. */
export async function ask(parts: TestParts, asked: Asked = {}): Promise<PreparedRequest> {
  const { question = "Why?", turns = [], attached = [], files = 0.4, allow = true } = asked;
  const { maxInputTokens = usual.maxInputTokens, epoch, rules, reader, now = 1_000_000 } = asked;
  const ids = attached.map(async (name) => (await parts.file(name)).file.id);
  return prepareRequest(
    { ...parts, confirm: answering(allow).confirm },
    {
      view: await parts.view(),
      question,
      turns,
      attached: await Promise.all(ids),
      target: { ...usual, maxInputTokens, ...asked.target },
      shares: { files },
      rules: { ...defaultContextRules, ...rules },
      maxBytes,
      epoch,
      reader,
      now,
    },
  );
}

/** A chat as it goes on: each request is recorded before it is sent, and so is its answer. */
export interface Chat {
  /** As the chat remembers them; cut them to undo. */
  turns: ChatTurn[];
  /** Asks, a second after the question before if nothing else is said, and is answered. */
  say(question: string, asked?: Asked & { readonly answer?: string }): Promise<PreparedRequest>;
}

export function openChat(parts: TestParts): Chat {
  let now = 1_000_000;
  const chat: Chat = {
    turns: [],
    say: async (question, { answer = `About "${question}": so.`, ...asked } = {}) => {
      now = asked.now ?? now + 1_000;
      const request = await ask(parts, { turns: chat.turns, ...asked, question, now });
      await recordRequest(parts.ledger, request);
      await recordSent(parts.registry, request);
      await recordAnswer(parts, request.request.id, { text: answer });
      chat.turns.push({ question, answer, requestIds: [request.request.id] });
      return request;
    },
  };
  return chat;
}

/** The kinds of a request's messages, in order. */
export function kindsIn(log: readonly LedgerMessage[]): string {
  return log.map(({ blocks }) => blocks.map(({ kind }) => kind).join("+")).join(" ");
}

/** The text of the first message of a kind; of a file's if its path is given. */
export function textIn(
  { request }: PreparedRequest,
  kind: LedgerMessage["blocks"][number]["kind"],
  path?: string,
): string {
  const blocks = request.added.flatMap((message) => message.blocks);
  const found = blocks.find(
    (block) => block.kind === kind && (path === undefined || block.files[0]?.path === path),
  );
  return found?.text ?? "";
}
