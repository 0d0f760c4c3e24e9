import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { newFence } from "../core/context/text/fence.ts";
import { createContents } from "../store/contents.ts";
import { createRegistry } from "../store/registry.ts";
import { createTexts } from "../texts/texts.ts";
import { createTokenCounter } from "../tokens/token-counter.ts";
import type { ReplayParts } from "./replay.ts";

/**
 * Calls `use` with the product's own parts (store, files on disk, tokenizer) and an empty session, all in a temporary folder. When `use` is done, however it ends,
 * all threads are closed and the folder is removed.
 */
export async function withOpenParts<T>(
  sessionName: string,
  use: (parts: ReplayParts) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "satchel-replay-"));
  const threads = openThreads(join(folder, "store"));
  try {
    return await use(await openSession(threads, sessionName, join(folder, "files")));
  } finally {
    await Promise.allSettled(Object.values(threads).map((part) => part.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Parts that work in threads of their own. */
type Threads = ReturnType<typeof openThreads>;

function openThreads(store: string) {
  const { resolve } = createRequire(import.meta.url);
  return {
    registry: createRegistry({ thread: thread("store/registry-thread.ts"), folder: store }),
    contents: createContents({ thread: thread("store/contents-thread.ts"), folder: store }),
    texts: createTexts({ thread: thread("texts/texts-thread.ts") }),
    tokens: createTokenCounter({
      thread: thread("tokens/tokens-thread.ts"),
      wasm: resolve("tiktoken/lite/tiktoken_bg.wasm"),
      ranks: resolve("tiktoken/encoders/o200k_base.json"),
    }),
  };
}

function thread(file: string): URL {
  return new URL(`../${file}`, import.meta.url);
}

async function openSession(
  { registry, contents, texts, tokens }: Threads,
  name: string,
  folder: string,
): Promise<ReplayParts> {
  const session = {
    id: randomUUID(),
    name,
    workspace: pathToFileURL(folder).href,
    fence: newFence(),
    createdAt: Date.now(),
  };
  await registry.createSession(session);
  return {
    session,
    registry,
    copies: registry,
    phases: registry,
    ledger: registry,
    contents,
    tokens,
    differ: texts,
    search: texts,
    // A trace holds what may be sent.
    confirm: async () => true,
    async write(path, text) {
      const place = join(folder, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, text);
      return pathToFileURL(place).href;
    },
    remove: (path) => rm(join(folder, path), { force: true }),
  };
}
