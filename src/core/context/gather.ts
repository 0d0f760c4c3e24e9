import { isContextError } from "../errors.ts";
import { isText, type Content } from "../files/content.ts";
import { useCopies } from "../files/use-copies.ts";
import { mapConcurrently } from "../files/concurrent.ts";
import { whySensitive, type Confirm } from "../files/sensitive.ts";
import type { Contents, FileFacts } from "../ports/contents.ts";
import type { Copies } from "../ports/copies.ts";
import type { Registry } from "../ports/registry.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import { pathInWorkspace } from "../session/path.ts";
import {
  decoded,
  nameOf,
  type FileView,
  type Session,
  type SessionFile,
} from "../session/session.ts";
import type { ChatFile } from "../ports/provider-chat.ts";
import { guessTokens, nativeForm, type ModelReader, type NativeForm } from "./native-files.ts";
import type { OmitReason, OmittedFile } from "./account/omitted.ts";

export interface GatherParts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly copies: Copies;
  readonly tokens: TokenCounter;
  /** Asks before a file that looks like a secret is sent. */
  readonly confirm: Confirm;
}

export interface GatherOptions {
  /** Size limit in bytes. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Undefined for a model that only takes text from us. */
  readonly reader?: ModelReader | undefined;
}

/** A file as it is on disk now, in the form in which the model can read it. */
export interface PresentFile {
  readonly view: FileView;
  readonly path: string;
  /** Exact tokens of its text; of a native file as far as they are known. */
  readonly tokens: number;
  /** Its text, read when it is wanted; undefined for a file that goes as itself. */
  readonly text?: (() => Promise<string>) | undefined;
  /** The file as itself; then there is no text. */
  readonly native?: ChatFile | undefined;
}

type ReadFile = Omit<PresentFile, "path">;

export interface Gathered {
  /** In the order of the session. */
  readonly files: readonly PresentFile[];
  readonly omitted: readonly OmittedFile[];
}

const readsAtOnce = 8;

/**
 * Reads the files of a session as they are on disk now, and records what was read. Files that cannot be sent are omitted with
 * the reason; none of them keeps the others out. A file that looks like a secret is asked for once for each content.
 */
export async function gather(
  parts: GatherParts,
  session: Session,
  views: readonly FileView[],
  options: GatherOptions,
): Promise<Gathered> {
  const taken = await mapConcurrently(views, readsAtOnce, async (view) => ({
    view,
    facts: await take(parts, view, options),
  }));
  await recordRead(parts, taken, options.maxBytes);
  const files: PresentFile[] = [];
  const omitted: OmittedFile[] = [];
  for (const { view, facts } of taken) {
    const path = pathInWorkspace(view.file.uri, session.workspace);
    const outcome = await admit(parts, { view, path }, facts, options);
    if ("kind" in outcome) omitted.push({ file: view.file, path, reason: outcome });
    else files.push({ ...outcome, path });
  }
  return { files, omitted };
}

type Taken = FileFacts | OmitReason;

/** Files that were evicted are not even read. */
async function take(parts: GatherParts, view: FileView, options: GatherOptions): Promise<Taken> {
  if (view.file.evicted) return { kind: "evicted" };
  return orUnreadable(parts.contents.take(view.file.uri, options.maxBytes, options.signal));
}

async function admit(
  parts: GatherParts,
  { view, path }: { readonly view: FileView; readonly path: string },
  taken: Taken,
  options: GatherOptions,
): Promise<ReadFile | OmitReason> {
  if ("kind" in taken) return taken;
  const why = whySensitive(decoded(view.file.uri), taken);
  if (why !== undefined && !(await allowed(parts, view.file, taken.content, why)))
    return { kind: "declined", why };
  const now = { ...view, content: contentNow(view.content, taken.content) };
  return orUnreadable(readAs(parts, { view: now, path }, options));
}

/** What is known of a content, tokens included, holds for no other. */
function contentNow(before: Content, now: Content): Content {
  return before.contentId === now.contentId ? { ...before, ...now } : now;
}

/** The file in the form in which this model reads it. */
async function readAs(
  parts: GatherParts,
  seen: { readonly view: FileView; readonly path: string },
  options: GatherOptions,
): Promise<ReadFile | OmitReason> {
  const { view } = seen;
  const { reader, signal } = options;
  const native = reader && (await nativeForm(parts.contents, reader, seen, signal));
  if (native) return readNative(parts, view, native, signal);
  return isText(view.content) ? read(parts, view, view.content, options) : { kind: "binary" };
}

async function readNative(
  { tokens: counter }: GatherParts,
  view: FileView,
  native: NativeForm,
  signal: AbortSignal | undefined,
): Promise<ReadFile | OmitReason> {
  if (native.kind === "not-uploaded") return native;
  if (native.kind === "file") {
    const tokens = native.tokens ?? guessTokens(view.content);
    return { view, tokens, native: native.file };
  }
  const [tokens = 0] = await counter.count([native.text], signal);
  return { view, tokens, text: async () => native.text };
}

/** What keeps one file out must not keep the others out. */
async function orUnreadable<T>(work: Promise<T>): Promise<T | OmitReason> {
  try {
    return await work;
  } catch (error) {
    if (isContextError(error))
      return { kind: "unreadable", message: error.message, code: error.code };
    throw error;
  }
}

async function allowed(
  parts: GatherParts,
  file: SessionFile,
  content: Content,
  why: string,
): Promise<boolean> {
  if (file.sendAllowed === content.contentId) return true;
  if (!(await parts.confirm(nameOf(file.uri), why))) return false;
  await parts.registry.changeFiles([{ id: file.id, change: { sendAllowed: content.contentId } }]);
  return true;
}

/** A file whose tokens are known is read when its text is wanted, and not before. */
async function read(
  parts: GatherParts,
  view: FileView,
  found: Content,
  { signal }: GatherOptions,
): Promise<ReadFile> {
  const { contentId } = found;
  const source = { contentId, uri: view.file.uri };
  const known =
    contentId === view.content.contentId ? view.content : await parts.registry.content(contentId);
  const text = async (): Promise<string> => decodeText(await parts.contents.read(source, signal));
  if (known?.tokens !== undefined)
    return {
      view: { ...view, content: { ...found, tokens: known.tokens } },
      tokens: known.tokens,
      text,
    };
  const bytes = await parts.contents.read(source, signal);
  const tokens = await parts.tokens.countUtf8(bytes, signal);
  const content: Content = { ...found, tokens };
  await parts.registry.saveContents([content]);
  return { view: { ...view, content }, tokens, text };
}

/** The text of a file, with its byte order mark if it has one: what was hashed is what is shown. */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** What the session holds of a file is what was read last. */
async function recordRead(
  parts: GatherParts,
  taken: readonly { readonly view: FileView; readonly facts: Taken }[],
  maxBytes: number,
): Promise<void> {
  const { registry } = parts;
  const news = taken.flatMap(({ view: { file }, facts }) => {
    if ("kind" in facts) return [];
    const { content } = facts;
    const known = file.contentId === content.contentId && file.disk === "fresh";
    return known ? [] : [{ id: file.id, content }];
  });
  if (news.length > 0) {
    await registry.saveContents(news.map(({ content }) => content));
    await registry.changeFiles(
      news.map(({ id, content: { contentId } }) => ({ id, change: { contentId, disk: "fresh" } })),
    );
  }
  const copies = taken.flatMap(({ view: { file }, facts }) =>
    "kind" in facts ? [] : [{ contentId: facts.content.contentId, uri: file.uri }],
  );
  await useCopies(parts, copies, "send", maxBytes);
}
