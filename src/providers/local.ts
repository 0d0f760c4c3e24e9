import { ContextError, isAbort, isContextError } from "../core/errors.ts";
import type { Folder } from "../core/ports/folder.ts";
import type { ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { withinRange } from "./lifetime.ts";
import { capabilities } from "./capabilities.ts";
import { abortError, fieldsOf } from "./http.ts";

export interface LocalOptions {
  /** Holds `<id>.bin` and `<id>.json` for each file. */
  readonly folder: Folder;
  /** Milliseconds since 1970; the clock of this machine if it is left out. */
  readonly now?: () => number;
}

const name = "Local folder";
const model: Model = {
  id: "preview",
  name: "Satchel (no provider yet)",
  maxInputTokens: 128_000,
  maxOutputTokens: 4_096,
  guessed: false,
};

/**
 * A provider without server and key: files lie in a folder of this machine, and a chat shows what would be sent. A file is there
 * once its metadata is, which is written last; an expired file is gone at once, and its bytes with the next listing or upload.
 */
export function createLocal({
  folder,
  now = Date.now,
}: LocalOptions): ProviderWith<"files" | "chat"> {
  const store: Store = { folder, now };
  return {
    account: { provider: "local", name, baseUrl: "", account: "" },
    capabilities: capabilities.local,
    files: {
      upload: (request, signal) => guarded(upload(store, request, signal), signal),
      list: (signal) => guarded(list(store, signal), signal),
      get: (id, signal) => guarded(find(store, id, signal), signal),
      delete: (id, signal) => guarded(remove(store, id, signal), signal),
      download: (id, signal) => guarded(download(store, id, signal), signal),
    },
    chat: { models: (signal) => guarded(Promise.resolve([model]), signal), chat },
  };
}

interface Store {
  readonly folder: Folder;
  readonly now: () => number;
}

async function upload(
  store: Store,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<RemoteFile> {
  await list(store, signal);
  const createdAt = store.now();
  const kept =
    request.lifetime === undefined
      ? undefined
      : withinRange(request.lifetime, capabilities.local.files.lifetime);
  const file: RemoteFile = {
    id: `local-${crypto.randomUUID()}`,
    name: request.name,
    bytes: request.bytes.length,
    createdAt,
    expiresAt: kept === undefined ? undefined : createdAt + kept,
  };
  throwIfAborted(signal);
  await store.folder.write(`${file.id}.bin`, request.bytes);
  if (signal.aborted) {
    await store.folder.remove(`${file.id}.bin`);
    throw abortError();
  }
  const metadata = { ...file, mediaType: request.mediaType, purpose: request.purpose };
  await store.folder.write(`${file.id}.json`, new TextEncoder().encode(JSON.stringify(metadata)));
  return file;
}

/** Lists the files and removes those that have expired. */
async function list(store: Store, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  throwIfAborted(signal);
  const files: RemoteFile[] = [];
  for (const entry of await store.folder.names()) {
    throwIfAborted(signal);
    if (!entry.endsWith(".json")) continue;
    const file = await find(store, entry.slice(0, -".json".length), signal);
    if (file !== undefined) files.push(file);
  }
  return files.toSorted((one, other) => (other.createdAt ?? 0) - (one.createdAt ?? 0));
}

async function find(
  store: Store,
  id: string,
  signal: AbortSignal,
): Promise<RemoteFile | undefined> {
  throwIfAborted(signal);
  if (!isId(id)) return undefined;
  const metadata = await store.folder.read(`${id}.json`);
  const file = metadata === undefined ? undefined : remoteFile(id, metadata);
  if (file?.expiresAt === undefined || store.now() < file.expiresAt) return file;
  await remove(store, id, signal);
  return undefined;
}

async function download(
  store: Store,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await find(store, id, signal);
  const bytes = file && (await store.folder.read(`${id}.bin`));
  if (bytes) return bytes;
  throw new ContextError(
    "provider-file-gone",
    `${name} has no file ${id} any more: upload it again`,
    { provider: name },
  );
}

async function remove({ folder }: Store, id: string, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  if (!isId(id)) return;
  // The metadata first: without it there is no file, whatever happens next.
  await folder.remove(`${id}.json`);
  await folder.remove(`${id}.bin`);
}

/** Ids come from outside: only those that `upload` makes may become names in the folder. */
function isId(id: string): boolean {
  return /^local-[0-9a-f-]{36}$/.test(id);
}

function remoteFile(id: string, metadata: Uint8Array): RemoteFile | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = fieldsOf(JSON.parse(new TextDecoder().decode(metadata)));
  } catch {
    return undefined;
  }
  const { name: given, bytes, createdAt, expiresAt } = fields;
  if (typeof given !== "string") return undefined;
  return {
    id,
    name: given,
    bytes: typeof bytes === "number" ? bytes : undefined,
    createdAt: typeof createdAt === "number" ? createdAt : undefined,
    expiresAt: typeof expiresAt === "number" ? expiresAt : undefined,
  };
}

async function* chat(
  { messages }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  for (const text of preview(messages)) {
    throwIfAborted(signal);
    yield { kind: "text", text };
  }
}

function preview(messages: ChatRequest["messages"]): readonly string[] {
  const characters = messages.reduce((sum, message) => sum + message.content.length, 0);
  const roles = (["system", "user", "assistant", "tool"] as const)
    .map((role) => ({ role, own: messages.filter((message) => message.role === role) }))
    .filter(({ own }) => own.length > 0)
    .map(({ role, own }) => {
      const size = own.reduce((sum, message) => sum + message.content.length, 0);
      return `| ${role} | ${own.length} | ${number(size)} |\n`;
    });
  return [
    "**Nothing was sent:** Satchel has no provider yet.\n\n",
    `This request would hold ${messages.length === 1 ? "1 message" : `${number(messages.length)} messages`}`,
    ` with ${number(characters)} characters, very roughly ${number(Math.ceil(characters / 4))} tokens:\n\n`,
    "| Role | Messages | Characters |\n| --- | ---: | ---: |\n",
    ...roles,
    "\nTo get answers, run **Satchel: Set API Key** from the Command Palette, then choose a model.\n",
  ];
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError();
}

/** Waits no longer than the signal allows, and turns a folder's own failures into a `ContextError`. */
async function guarded<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const stop = Promise.withResolvers<never>();
  const onAbort = (): void => stop.reject(abortError());
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([stop.promise, work]);
  } catch (error) {
    if (isAbort(error) || isContextError(error)) throw error;
    throw new ContextError(
      "provider-unreachable",
      "The local folder of Satchel could not be read or written: check the free space and the permissions of its storage",
      { provider: name, cause: error },
    );
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
