import type { ContextErrorCode } from "../errors.ts";
import type { Phases } from "../ports/phases.ts";
import type { TextSearch } from "../ports/text-search.ts";
import type { FileView } from "../session/session.ts";
import type { Conversation } from "./ledger/conversation.ts";
import type { Gathered, PresentFile } from "./gather.ts";
import { findExcerpts } from "./relevance.ts";
import { defaultLifeRules, restingFiles, type LifeRules } from "./ledger/lifetimes.ts";
import type { GoneReason } from "./text/render.ts";
import type { DiffRules, Scene } from "./scene.ts";
import type { OmitReason } from "./account/omitted.ts";

/** What the user has said of how requests are made. */
export interface ContextRules {
  readonly life: LifeRules;
  readonly diffs: DiffRules;
  /** Newest files first when an epoch begins. It moves the prefix with every file that is added, and costs the cache. */
  readonly newestFirst: boolean;
}

/** Rules that suit most sessions. */
export const defaultContextRules: ContextRules = {
  life: defaultLifeRules,
  diffs: { largestShare: 0.5, inARow: 8 },
  newestFirst: false,
};

/** What is asked, as far as it concerns files. */
export interface Asked {
  readonly fence: string;
  readonly question: string;
  /** Ids of session files that came with the question. */
  readonly attached: readonly string[];
  /** Files that were not used since this request are only named or told in short: a reset, or a new phase. */
  readonly restsBefore?: number | undefined;
  readonly rules: ContextRules;
  /** Tokens that files may take. */
  readonly filesBudget: number;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at the files and at the conversation, and says what there is to compose from. */
export async function setScene(
  { phases, search }: { readonly phases: Phases; readonly search: TextSearch },
  { files, omitted }: Gathered,
  conversation: Conversation,
  asked: Asked,
): Promise<Scene> {
  const uses = usedBy(files, asked);
  const resting = restingNow(files, conversation, uses, asked);
  const excerpts = await findExcerpts(search, { ...asked, files, conversation, resting });
  const digests = await phases.digests(files.map(({ view }) => view.content.contentId));
  const worths = files.map(({ view }) => worthOf(view, conversation, uses));
  return {
    fence: asked.fence,
    present: new Map(inOrder(files, asked.rules).map((file) => [file.view.file.id, file])),
    away: new Map(omitted.map(({ file, reason }) => [file.id, whyGone(reason)])),
    digests: new Map(digests.map((digest) => [digest.contentId, digest])),
    resting,
    uses,
    excerpts,
    worth: new Map(files.map(({ view }, index) => [view.file.id, worths[index] ?? 1])),
    diffs: asked.rules.diffs,
    newestFirst: asked.rules.newestFirst,
  };
}

/** Files that came with the question, or that it names. */
function usedBy(files: readonly PresentFile[], { question, attached }: Asked): ReadonlySet<string> {
  const named = files.filter(({ path }) => names(question, path));
  return new Set([...attached, ...named.map(({ view }) => view.file.id)]);
}

/** True if a text holds a path, or the last part of one, as a word of its own. */
function names(text: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!name.includes(".") && name === path) return false;
  for (const wanted of [path, name]) {
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      const around = `${text.slice(Math.max(0, at - 1), at)} ${text.slice(at + wanted.length, at + wanted.length + 1)}`;
      if (!/[\p{L}\p{N}_-]/u.test(around)) return true;
    }
  }
  return false;
}

function restingNow(
  files: readonly PresentFile[],
  { requests }: Conversation,
  uses: ReadonlySet<string>,
  { restsBefore, rules }: Asked,
): ReadonlyMap<string, number> {
  const mayRest = files
    .map(({ view }) => view.file)
    .filter(({ id, pinned, role }) => !pinned && role !== "base" && !uses.has(id));
  const ids = mayRest.map(({ id }) => id);
  const resting = new Map(restingFiles(requests, [...uses], ids, rules.life));
  if (restsBefore === undefined) return resting;
  for (const id of ids) {
    const last = requests.findLastIndex((request) => request.uses.includes(id));
    if (last < restsBefore && !resting.has(id)) resting.set(id, restsBefore);
  }
  return resting;
}

/** Files that were used lately are worth up to twice as much as others, base files three times. */
function worthOf(
  { file }: FileView,
  { requests }: Conversation,
  uses: ReadonlySet<string>,
): number {
  if (uses.has(file.id) || file.role === "base") return 3;
  const last = requests.findLastIndex((request) => request.uses.includes(file.id));
  return last < 0 ? 1 : 1 + 1 / (requests.length - last);
}

/** Base files first. Behind them the order of first use keeps the prefix. */
function inOrder(files: readonly PresentFile[], rules: ContextRules): readonly PresentFile[] {
  const { base = [], file = [] } = Object.groupBy(files, ({ view }) => view.file.role);
  return [...base, ...(rules.newestFirst ? file.toReversed() : file)];
}

function whyGone(reason: OmitReason): GoneReason {
  if (reason.kind === "evicted") return "evicted";
  if (reason.kind === "declined") return "removed";
  return reason.kind === "unreadable" ? whyUnreadable(reason.code) : "unreadable";
}

/** What a model is told of a file that could not be read. */
export function whyUnreadable(code: ContextErrorCode): GoneReason {
  if (code === "file-empty") return "empty";
  return code === "file-missing" ? "deleted" : "unreadable";
}
