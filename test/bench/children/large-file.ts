// Run: node large-file.ts <folder of the extension> <folder of the store> <file> <address of the server>
// Takes the file all the way with the built threads and adapter, and prints a `Memory` as JSON.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { newFence } from "../../../src/core/context/text/fence.ts";
import { addFiles } from "../../../src/core/files/add.ts";
import { countMissingTokens } from "../../../src/core/files/count-tokens.ts";
import { uploadFile } from "../../../src/core/files/upload.ts";
import type { FileView } from "../../../src/core/session/session.ts";
import type { createOpenAi } from "../../../src/providers/openai.ts";
import { createContents } from "../../../src/store/contents.ts";
import { createRegistry } from "../../../src/store/registry.ts";
import { createTokenCounter } from "../../../src/tokens/token-counter.ts";

/** Resident bytes of the whole process: at the start, and the most in each part of the way. */
export interface Memory {
  readonly start: number;
  /** With all threads started by a small file. */
  readonly warm: number;
  readonly added: number;
  readonly counted: number;
  readonly uploaded: number;
  /** The most of all, as the system saw it. */
  readonly peak: number;
}

type Adapter = { readonly createOpenAi: typeof createOpenAi };

const [extensionFolder = "", folder = "", path = "", baseUrl = ""] = process.argv.slice(2);
const bundle = (name: string): string => join(extensionFolder, "dist", name);
const maxBytes = 50 * 1024 * 1024;
const sessionId = crypto.randomUUID();
const signal = new AbortController().signal;
const registry = createRegistry({ thread: bundle("registry-thread.cjs"), folder });
const contents = createContents({ thread: bundle("contents-thread.cjs"), folder });
const tokens = createTokenCounter({
  thread: bundle("tokens-thread.cjs"),
  wasm: bundle("tiktoken_bg.wasm"),
  ranks: bundle("o200k_base.json"),
});
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
const parts = { registry, copies: registry, contents, tokens, confirm: async () => true };

process.stdout.write(JSON.stringify(await measure()), () => process.exit());

async function measure(): Promise<Memory> {
  const start = process.memoryUsage.rss();
  const small = join(dirname(path), "small.txt");
  await writeFile(small, "small");
  const warm = await peakOf(async () => {
    await registry.createSession({
      id: sessionId,
      name: "Session 1",
      workspace: "",
      fence: newFence(),
      createdAt: 1,
    });
    await add(small);
    await countMissingTokens(parts, await files(), signal);
  });
  const added = await peakOf(() => add(path));
  const counted = await peakOf(async () => countMissingTokens(parts, await files(), signal));
  const uploaded = await peakOf(upload);
  // In kilobytes, whatever the system.
  const peak = process.resourceUsage().maxRSS * 1024;
  return { start, warm, added, counted, uploaded, peak };
}

async function add(file: string): Promise<void> {
  const uris = [pathToFileURL(file).href];
  const [outcome] = await addFiles(parts, { sessionId, uris, maxBytes });
  assert.equal(outcome?.kind, "added");
}

async function files(): Promise<readonly FileView[]> {
  return (await registry.view(sessionId))?.files ?? [];
}

async function upload(): Promise<void> {
  const view = (await files()).at(-1);
  assert.ok(view?.content.tokens !== undefined, "the file was not counted");
  const adapter = createRequire(import.meta.url)(bundle("openai.cjs")) as Adapter;
  const provider = adapter.createOpenAi({ baseUrl, account: "none" });
  const outcome = await uploadFile(
    { ...parts, ...impatient(), provider },
    view.file,
    { maxBytes, caps: noCaps },
    signal,
  );
  assert.equal(outcome.kind, "uploaded");
}

/** The most resident memory while the work ran. */
async function peakOf(work: () => Promise<void>): Promise<number> {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 2);
  await work();
  await setTimeout(5);
  look();
  clearInterval(timer);
  return peak;
}
