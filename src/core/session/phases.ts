import { ContextError } from "../errors.ts";
import type { ContentId } from "../files/content.ts";
import type { Phases } from "../ports/phases.ts";
import type { Finding, Phase } from "./phase.ts";
import {
  currentPhase,
  saveFileContext,
  type ContextParts,
  type SavedContext,
} from "./save-context.ts";
import type { SessionView } from "./session.ts";

/** A phase that has begun, and what was saved for it of the one before. */
export interface StartedPhase {
  readonly phase: Phase;
  readonly saved: SavedContext;
}

/**
 * Begins the next phase of a session. First the phase that ends saves its file context: what was analysed before is not analysed again. A session that never began
 * a phase has been in phase 1, which is stored on the way. Nothing has begun if it rejects or is cancelled.
 */
export async function startPhase(
  parts: ContextParts,
  view: SessionView,
  name: string,
  signal: AbortSignal,
): Promise<StartedPhase> {
  const { session, files } = view;
  const saved = await saveFileContext(parts, view, files, signal);
  const last = (await parts.phases.phases(session.id)).at(-1);
  if (!last) {
    const first = { sessionId: session.id, number: 1, startedAt: session.createdAt };
    await parts.phases.savePhase({ ...first, name: phaseName(1) });
  }
  const number = (last?.number ?? 1) + 1;
  const phase = {
    sessionId: session.id,
    number,
    name: oneLine(name) || phaseName(number),
    startedAt: parts.now(),
  };
  await parts.phases.savePhase(phase);
  return { phase, saved };
}

/** What a phase is called that nobody has named. */
export function phaseName(number: number): string {
  return `Phase ${number}`;
}

export interface FindingParts {
  readonly phases: Phases;
  /** Gives another id at each call. */
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A result as it is to be saved. */
export interface NewFinding {
  readonly sessionId: string;
  /** Undefined or blank: the text's own; see `titleOf`. */
  readonly title?: string | undefined;
  readonly text: string;
  /** The contents that it was found in. */
  readonly contentIds: readonly ContentId[];
}

/** Saves a result for later phases, as a finding of the phase that the session is in. Rejects with `finding-empty` if there is no text. */
export async function saveFinding(
  parts: FindingParts,
  { sessionId, title = "", text, contentIds }: NewFinding,
): Promise<Finding> {
  const trimmed = text.trim();
  if (trimmed === "")
    throw new ContextError(
      "finding-empty",
      "A finding needs a text: select the result that later phases are to use",
    );
  const finding = {
    id: parts.newId(),
    sessionId,
    phase: await currentPhase(parts, sessionId),
    title: cut(oneLine(title)) || titleOf(trimmed),
    text: trimmed,
    contentIds: [...new Set(contentIds)],
    createdAt: parts.now(),
  };
  await parts.phases.saveFinding(finding);
  return finding;
}

/** Removes a finding; one that is gone is passed over. Saving the same finding again brings it back as it was. */
export async function removeFinding(
  { phases }: Pick<FindingParts, "phases">,
  id: string,
): Promise<void> {
  await phases.removeFinding(id);
}

/** Most characters of a title. */
const longestTitle = 80;

/** A title for a text in Markdown: its first heading outside of code, else its first line that says something. */
export function titleOf(text: string): string {
  const lines = proseOf(text);
  const headings = lines.flatMap((line) => /^ {0,3}#{1,6}\s+(.*?)[\s#]*$/u.exec(line)?.[1] ?? []);
  const found = [...headings, ...lines]
    .map(withoutMarks)
    .find((line) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(line));
  return cut(found ?? "Finding");
}

/** The lines of a text that are not code, or all of them if there are no others. */
function proseOf(text: string): readonly string[] {
  let fence: string | undefined;
  const lines = text.split(/\r\n|[\n\r]/u);
  const prose = lines.filter((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/u.exec(line)?.[1];
    if (mark === undefined) return fence === undefined;
    if (fence === undefined) fence = mark;
    else if (mark.startsWith(fence)) fence = undefined;
    return false;
  });
  return prose.some((line) => line.trim() !== "") ? prose : lines;
}

/** A line without what Markdown puts before and around words: marks of lists and quotes, bold, code. */
function withoutMarks(line: string): string {
  return oneLine(
    line.replace(/^\s*(?:(?:[>*+-]|#{1,6}|\d+[.)])\s+)+/u, "").replace(/\*\*|`/gu, ""),
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

/** At most so many characters, none of them cut in two. */
function cut(title: string): string {
  const characters = Array.from(title);
  if (characters.length <= longestTitle) return title;
  return `${characters
    .slice(0, longestTitle - 1)
    .join("")
    .trimEnd()}…`;
}
