import type { TextSearch } from "../ports/text-search.ts";
import type { Conversation } from "./ledger/conversation.ts";
import { rangesAround, type TextRange } from "./text/excerpt.ts";
import type { PresentFile } from "./gather.ts";
import { shownBy } from "./ledger/standing.ts";
import { makeVisible } from "./text/visible.ts";

/** What is searched, and for what. */
export interface Sought {
  readonly question: string;
  readonly files: readonly PresentFile[];
  readonly conversation: Conversation;
  /** Files that are not shown whole when an epoch begins. */
  readonly resting: ReadonlyMap<string, number>;
  /** Tokens that files may take: if all have room, none is looked up. */
  readonly filesBudget: number;
  readonly signal?: AbortSignal | undefined;
}

/** Excerpts are taken from so many files at most. */
const mostFiles = 5;
/** Lines around a line that was found. */
const margin = 3;
/** Lines of one file that are found at most. */
const mostLines = 8;
/** Bytes of texts that one question may have read for the first time. */
const mostBytesLearned = 20_000_000;

/**
 * Lines that speak of the question, in files that may not have room as a whole: by full-text search. Empty where everything has room. Files at rest are not quoted: they
 * are named, and the model can read them.
 */
export async function findExcerpts(
  search: TextSearch,
  sought: Sought,
): Promise<ReadonlyMap<string, readonly TextRange[]>> {
  const { question, signal } = sought;
  const candidates = await learned(search, wantedFiles(sought), signal);
  if (candidates.length === 0) return new Map();
  const ids = candidates.map(({ view }) => view.content.contentId);
  const hits = await search.search(question, ids, mostFiles, signal);
  const found = new Map<string, readonly TextRange[]>();
  for (const { contentId, lines } of hits) {
    const file = candidates.find(({ view }) => view.content.contentId === contentId);
    if (!file?.text || lines.length === 0) continue;
    const text = makeVisible(await file.text()).text;
    found.set(file.view.file.id, rangesAround(text, lines.slice(0, mostLines), margin));
  }
  return found;
}

/** Texts that do not stand in the log, if not all of them have room. */
function wantedFiles({
  files,
  conversation,
  resting,
  filesBudget,
}: Sought): readonly PresentFile[] {
  const { standing } = shownBy(conversation.log);
  const wanted = files.filter(
    ({ view: { file }, text }) => text && !standing.has(file.id) && !resting.has(file.id),
  );
  const needed = wanted.reduce((sum, { tokens }) => sum + tokens, 0);
  return needed <= filesBudget ? [] : wanted;
}

/** The files whose texts the search knows now. */
async function learned(
  search: TextSearch,
  files: readonly PresentFile[],
  signal: AbortSignal | undefined,
): Promise<readonly PresentFile[]> {
  const ids = files.map(({ view }) => view.content.contentId);
  const unknown = new Set(await search.unknown(ids));
  let bytes = 0;
  const known: PresentFile[] = [];
  for (const file of files) {
    const { contentId, bytes: size } = file.view.content;
    if (unknown.has(contentId) && file.text) {
      bytes += size;
      if (bytes > mostBytesLearned) continue;
      await search.learn(contentId, makeVisible(await file.text()).text, signal);
    }
    known.push(file);
  }
  return known;
}
