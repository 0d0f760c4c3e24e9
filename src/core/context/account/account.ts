import type { FileView } from "../../session/session.ts";
import { logged } from "../ledger/conversation.ts";
import { tokensOf } from "../draft.ts";
import type { Composed } from "../compose.ts";
import type { Gathered } from "../gather.ts";
import type { Block, BlockKind, LedgerMessage, ShownFile } from "../ledger/ledger.ts";
import type { OmitReason, OmittedFile } from "./omitted.ts";
import type { Misfit } from "../packing/pack.ts";
import { countWrittenOut } from "../text/visible.ts";
import type { Scene } from "../scene.ts";
import { shownBy } from "../ledger/standing.ts";

/** Parts of a request that share the window. */
export type Tier =
  | "instructions"
  | "base files"
  | "pinned files"
  | "findings"
  | "files"
  | "excerpts"
  | "digests"
  | "changes"
  | "conversation"
  | "question";

const fileTiers = [
  "base files",
  "pinned files",
  "files",
  "excerpts",
  "digests",
  "changes",
] as const satisfies readonly Tier[];

/** A file whose content stands in a request. */
export interface KeptFile {
  readonly view: FileView;
  readonly path: string;
  readonly kind: ShownFile["representation"];
  readonly tokens: number;
}

/** What a request holds, and what it does not. */
export interface Account {
  /** In the order of the session. */
  readonly kept: readonly KeptFile[];
  readonly omitted: readonly OmittedFile[];
  /** Files of which hidden characters were written out for this request, and how many. */
  readonly hidden: readonly { readonly path: string; readonly count: number }[];
  readonly tokens: {
    /** Exact tokens of all messages, with what a provider adds around each. */
    readonly total: number;
    readonly files: number;
    readonly tiers: Readonly<Partial<Record<Tier, number>>>;
  };
}

/** The account of a request, read from its messages: what they do not hold is not claimed. */
export function accountFor(
  log: readonly LedgerMessage[],
  scene: Scene,
  { files, omitted }: Gathered,
  { misfits, keeps }: Pick<Composed, "misfits" | "keeps">,
): Account {
  const { standing } = shownBy(logged(log, 0));
  const short = toldInShort(log);
  const kept: KeptFile[] = [];
  const leftOut: OmittedFile[] = [...omitted];
  for (const file of files) {
    const { view, path } = file;
    const { id } = view.file;
    const stands = standing.get(id);
    const digest = short.get(id);
    if (stands) kept.push({ view, path, kind: stands.file.representation, tokens: stands.tokens });
    else if (digest) kept.push({ view, path, ...digest });
    else leftOut.push({ file: view.file, path, reason: whyNot(scene, id, file.tokens, misfits) });
  }
  const tiers = tiersOf(log, scene);
  const inFiles = fileTiers.reduce((sum, tier) => sum + (tiers[tier] ?? 0), 0);
  const hidden = hiddenIn(log.slice(keeps));
  return {
    kept,
    omitted: leftOut,
    hidden,
    tokens: { total: tokensOf(log), files: inFiles, tiers },
  };
}

function hiddenIn(messages: readonly LedgerMessage[]): Account["hidden"] {
  return messages.flatMap(({ blocks }) =>
    blocks.flatMap(({ kind, text, files: [file] }) => {
      const count = kind === "file" || kind === "diff" ? countWrittenOut(text) : 0;
      return file && count > 0 ? [{ path: file.path, count }] : [];
    }),
  );
}

/** Files of which a digest or an excerpt stands, with what that takes. */
function toldInShort(
  log: readonly LedgerMessage[],
): ReadonlyMap<string, { readonly kind: ShownFile["representation"]; readonly tokens: number }> {
  const told = new Map<string, { kind: ShownFile["representation"]; tokens: number }>();
  for (const { blocks } of log) {
    for (const { kind, files, tokens } of blocks) {
      for (const { id, representation } of files) {
        if (kind === "gone") told.delete(id);
        if (representation === "digest" || representation === "excerpt")
          told.set(id, { kind: representation, tokens: Math.round(tokens / files.length) });
      }
    }
  }
  return told;
}

function whyNot(scene: Scene, id: string, needs: number, misfits: readonly Misfit[]): OmitReason {
  if (scene.resting.has(id)) return { kind: "resting" };
  const left = misfits.find(({ fileId }) => fileId === id)?.left ?? 0;
  return { kind: "misfit", needs, left };
}

function tiersOf(
  log: readonly LedgerMessage[],
  scene: Scene,
): Readonly<Partial<Record<Tier, number>>> {
  const tiers: Partial<Record<Tier, number>> = {};
  for (const { blocks, tokens } of log) {
    const [block] = blocks;
    if (!block) continue;
    const tier = tierOf(block, scene);
    tiers[tier] = (tiers[tier] ?? 0) + tokens;
  }
  const question = log.at(-1)?.tokens ?? 0;
  return { ...tiers, conversation: (tiers.conversation ?? 0) - question, question };
}

/** The tier of each kind of block, but for files, whose tier depends on the file. */
const tierOfKind: Readonly<Record<Exclude<BlockKind, "file" | "tool-result">, Tier>> = {
  instructions: "instructions",
  finding: "findings",
  "hand-over": "findings",
  diff: "changes",
  applied: "changes",
  gone: "changes",
  digests: "digests",
  stubs: "digests",
  earlier: "conversation",
  pointer: "conversation",
  question: "conversation",
  answer: "conversation",
};

function tierOf({ kind, files: [shown] }: Block, scene: Scene): Tier {
  if (kind !== "file" && kind !== "tool-result") return tierOfKind[kind];
  if (!shown) return "conversation";
  if (shown.representation === "excerpt") return "excerpts";
  const file = scene.present.get(shown.id)?.view.file;
  if (file?.role === "base") return "base files";
  return file?.pinned === true ? "pinned files" : "files";
}
