import type { FileView, SessionView } from "../../session/session.ts";
import { pathInWorkspace } from "../../session/path.ts";
import { tokensPerMessage } from "../budget.ts";
import type { LoggedMessage } from "../ledger/conversation.ts";
import { draft, type Draft } from "../draft.ts";
import { escapeName } from "../text/fence.ts";
import { gather, type GatherOptions, type GatherParts, type PresentFile } from "../gather.ts";
import { omitSentence } from "../account/omitted.ts";
import { renderExcerpt, renderFile, renderPointer } from "../text/render.ts";
import { isUnchanged, shownFile } from "../scene.ts";
import { shownBy } from "../ledger/standing.ts";
import { makeVisible } from "../text/visible.ts";

/** What a model wants to read. */
export interface ReadWish {
  /** As the model knows the file. */
  readonly path: string;
  /** The first line wanted, from 1; undefined: from the start. */
  readonly firstLine?: number | undefined;
  /** The last line wanted; undefined: to the end. */
  readonly lastLine?: number | undefined;
}

export interface ReadBack {
  readonly view: SessionView;
  /** The log so far: what still stands there is pointed at instead of being sent again. */
  readonly log: readonly LoggedMessage[];
  /** Tokens that the text may have. */
  readonly room: number;
  readonly options: GatherOptions;
}

/**
 * Reads a session file for a model that asks for it, as a message in answer to a tool call. What cannot be read is answered with the reason, and never throws for the
 * file's sake. Bytes that still stand in the epoch are pointed at: the log proves it.
 */
export async function readBack(
  parts: GatherParts,
  reading: ReadBack,
  wish: ReadWish,
): Promise<Draft> {
  const answer = await answerTo(parts, reading, wish);
  const [count = 0] = await parts.tokens.count([answer.text]);
  return count + tokensPerMessage <= reading.room ? answer : said(noRoom);
}

async function answerTo(
  parts: GatherParts,
  { view, log, room, options }: ReadBack,
  wish: ReadWish,
): Promise<Draft> {
  const found = fileAt(view, wish.path);
  const { fence } = view.session;
  const name = escapeName(fence, wish.path);
  if (!found) return said(`There is no session file ${name}. ${namesOf(view)}`);
  const { files, omitted } = await gather(parts, view.session, [found], options);
  const [file] = files;
  if (!file)
    return said(
      `${name} cannot be shown: ${omitted[0] ? omitSentence(omitted[0].reason) : "it is gone"}.`,
    );
  if (!file.text) return said(`${name} has no text to read.`);
  const lines = makeVisible(await file.text()).text.split("\n");
  const [first, last] = wantedLines(wish, lines.length);
  const isWhole = first === 1 && last === lines.length;
  if (stands(log, file, [first, last]))
    return said(renderPointer(fence, file.path, isWhole ? "" : `, lines ${first} to ${last},`));
  const drafted = (end: number): Draft => shown(fence, file, { first, last: end, lines });
  return (await inRoom(parts, drafted, { first, last, room })) ?? said(noRoom);
}

/** The lines of a file of `count` lines that are wanted. */
function wantedLines({ firstLine = 1, lastLine }: ReadWish, count: number): [number, number] {
  const first = Math.min(Math.max(1, Math.floor(firstLine)), count);
  return [first, Math.min(Math.max(first, Math.floor(lastLine ?? count)), count)];
}

const noRoom = "There is no room left to read it: answer with what you have.";

/** The file of a path, or the only one whose path ends so: models leave folders out, and write names in another case. */
function fileAt({ session, files }: SessionView, path: string): FileView | undefined {
  const pathOf = ({ file }: FileView): string => pathInWorkspace(file.uri, session.workspace);
  const wanted = path.replace(/^\.\//u, "");
  const exact = files.find((file) => pathOf(file) === wanted);
  if (exact) return exact;
  const ending = `/${wanted.toLowerCase()}`;
  const alike = files.filter((file) => `/${pathOf(file).toLowerCase()}`.endsWith(ending));
  return alike.length === 1 ? alike[0] : undefined;
}

const namedAtMost = 50;

function namesOf({ session, files }: SessionView): string {
  const paths = files.map(({ file }) =>
    escapeName(session.fence, pathInWorkspace(file.uri, session.workspace)),
  );
  const more = paths.length > namedAtMost ? `, and ${paths.length - namedAtMost} more` : "";
  return `The session holds: ${paths.slice(0, namedAtMost).join(", ")}${more}.`;
}

/** True if the log holds these lines as they are now: in the whole text, or in an excerpt or an earlier reading of the same content. */
function stands(
  log: readonly LoggedMessage[],
  file: PresentFile,
  [first, last]: readonly [number, number],
): boolean {
  const { id } = file.view.file;
  const whole = shownBy(log).standing.get(id);
  if (whole && !whole.file.native && isUnchanged(whole.file, file)) return true;
  return linesShown(log, file).some((lines) => lines[0] <= first && lines[1] >= last);
}

/** The lines of a content that the log shows and has not taken back. */
function linesShown(
  log: readonly LoggedMessage[],
  { view: { file, content } }: PresentFile,
): readonly (readonly [first: number, last: number])[] {
  let shownLines: (readonly [number, number])[] = [];
  for (const { kind, files } of log.flatMap(({ blocks }) => blocks)) {
    for (const { id, contentId, lines } of files) {
      if (id !== file.id) continue;
      if (kind === "gone") shownLines = [];
      else if (lines && contentId === content.contentId) shownLines.push(lines);
    }
  }
  return shownLines;
}

/** As many of the lines as have room, frame and all; undefined if not even one has. */
async function inRoom(
  { tokens }: GatherParts,
  drafted: (last: number) => Draft,
  { first, last, room }: { readonly first: number; readonly last: number; readonly room: number },
): Promise<Draft | undefined> {
  let end = last;
  for (;;) {
    const result = drafted(end);
    const [count = 0] = await tokens.count([result.text]);
    if (count + tokensPerMessage <= room) return result;
    if (end === first) return undefined;
    end = Math.max(first, first + Math.floor((end - first) * Math.min(0.9, room / count)));
  }
}

interface Reading {
  readonly first: number;
  readonly last: number;
  readonly lines: readonly string[];
}

function shown(fence: string, file: PresentFile, { first, last, lines }: Reading): Draft {
  const { path, view } = file;
  const text = lines.slice(first - 1, last).join("\n");
  if (first === 1 && last === lines.length) {
    const rendered = renderFile(fence, path, view.content.mediaType, text);
    return { ...draft("tool-result", rendered, [shownFile(file, "full")]), role: "tool" };
  }
  const rest = last < lines.length ? `\nThe file has ${lines.length} lines.` : "";
  const rendered = renderExcerpt(fence, path, [{ first, last, text }]) + rest;
  const excerpt = { ...shownFile(file, "excerpt"), lines: [first, last] as const };
  return { ...draft("tool-result", rendered, [excerpt]), role: "tool" };
}

function said(text: string): Draft {
  return { ...draft("pointer", text), role: "tool" };
}

/** Tokens that a reading may take when a request holds `tokens` already; some are left for what the model says then, and for other readings. */
export function roomToRead(maxInputTokens: number, tokens: number): number {
  return Math.max(0, Math.floor((maxInputTokens - tokens) / 2) - 2 * tokensPerMessage);
}

/** True if a request has no room even for the shortest word of its tools. */
export function isFull(maxInputTokens: number, tokens: number, calls: number): boolean {
  return maxInputTokens - tokens < calls * tokensToRefuse;
}

/** Tokens of a refusal for lack of room, generously. */
const tokensToRefuse = 32;
