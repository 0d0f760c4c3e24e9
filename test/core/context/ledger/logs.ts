import type { LoggedMessage } from "../../../../src/core/context/ledger/conversation.ts";
import type {
  BlockKind,
  LedgerMessage,
  ShownFile,
} from "../../../../src/core/context/ledger/ledger.ts";

interface Told {
  readonly tokens?: number;
  readonly text?: string;
  readonly files?: readonly ShownFile[];
  readonly toolCalls?: LedgerMessage["toolCalls"];
}

const roles: Readonly<Partial<Record<BlockKind, LedgerMessage["role"]>>> = {
  instructions: "system",
  answer: "assistant",
  "tool-result": "tool",
};

/** A message of one block, as the request of this number brought it. All its tokens are those of its block. */
export function logged(request: number, kind: BlockKind, told: Told = {}): LoggedMessage {
  const { tokens = 10, text = "", files = [], toolCalls } = told;
  return {
    role: roles[kind] ?? "user",
    blocks: [{ kind, text, tokens, files }],
    tokens,
    request,
    ...(toolCalls && { toolCalls }),
  };
}

/** A file of one version, as a block shows it. */
export function shown(id: string, version = 1, change: Partial<ShownFile> = {}): ShownFile {
  const contentId = `${id}-${version}`;
  return { id, path: `${id}.ts`, contentId, representation: "full", ...change };
}

/** A question and its answer, of so many tokens each. */
export function turn(request: number, tokens = 10): readonly LoggedMessage[] {
  return [
    logged(request, "question", { tokens, text: `q${request}` }),
    logged(request, "answer", { tokens, text: `a${request}` }),
  ];
}
