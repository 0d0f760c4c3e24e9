import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isAbort, isContextError } from "../../../src/core/errors.ts";
import { sweepUploads } from "../../../src/core/files/sweep-uploads.ts";
import { uploadFile } from "../../../src/core/files/upload.ts";
import type { UploadParts } from "../../../src/core/files/upload-parts.ts";
import type { FileView } from "../../../src/core/session/session.ts";
import { createContents } from "../../../src/store/contents.ts";
import { createRegistry } from "../../../src/store/registry.ts";
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
import { randomNumbers } from "../mutations.ts";
import { uploaderProvider, type UploaderOrder } from "../uploader-order.ts";

// A window that uploads the files of a session in any order, several at a time, and sweeps now and then, until it is killed. It acknowledges
// each file once it is uploaded. One that only settles ends when nothing is open.
const order = JSON.parse(process.argv[2] ?? "{}") as UploaderOrder;
const { store: folder, sessionId, seed, rules } = order;
const random = randomNumbers(seed);
const source = (name: string): URL => new URL(`../../../src/store/${name}`, import.meta.url);
const registry = createRegistry({ thread: source("registry-thread.ts"), folder });
const contents = createContents({ thread: source("contents-thread.ts"), folder });
const never = new AbortController().signal;
const parts: UploadParts = {
  registry,
  contents,
  copies: registry,
  provider: uploaderProvider(order),
  ...impatient(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
  random: () => random() * rules.hurry,
  confirm: async () => true,
};

if (order.task === "settle") await settleAll();
else await Promise.all([sweepNowAndThen(), ...(await workers())]);

async function workers(): Promise<readonly Promise<void>[]> {
  const view = await registry.view(sessionId);
  writeSync(1, "ready\n");
  const shuffled = (view?.files ?? [])
    .filter((file) => !isReady(file) || random() < 0.3)
    .map((file) => ({ file, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ file }) => file);
  return Array.from({ length: 4 }, async () => {
    for (let next = shuffled.shift(); next; next = shuffled.shift()) {
      if (await upload(next)) continue;
      shuffled.push(next);
      await pause(20 + random() * 60);
    }
  });
}

function isReady({ content, providerFiles }: FileView): boolean {
  return providerFiles.some(
    ({ contentId, state }) => state === "ready" && contentId === content.contentId,
  );
}

/** False if it has to be tried again. */
async function upload({ file }: FileView): Promise<boolean> {
  const { leaseMs } = rules;
  // Some users cancel.
  const signal = random() < 0.05 ? AbortSignal.timeout(Math.floor(random() * 300)) : never;
  try {
    const options = { maxBytes: 1_000_000, lifetime: 172_800_000, caps: noCaps, leaseMs };
    const outcome = await uploadFile(parts, file, options, signal);
    if (outcome.kind === "declined") throw new Error(`${file.uri} was declined`);
    const { contentId, providerFileId } = outcome.upload;
    writeSync(1, `did ${file.id} ${contentId} ${providerFileId ?? "-"} ${outcome.kind}\n`);
    return true;
  } catch (error) {
    return passing(error);
  }
}

async function sweepNowAndThen(): Promise<void> {
  for (;;) {
    await pause(200 + random() * 800);
    await sweepUploads(parts, rules, never).catch(passing);
  }
}

async function settleAll(): Promise<void> {
  while ((await registry.openUploads(parts.provider.account)).length > 0) {
    await sweepUploads(parts, rules, never);
    await pause(50);
  }
  await Promise.all([registry.close(), contents.close()]);
}

/** What a fault of the server or a cancel makes of a call. Anything else is a defect. */
function passing(error: unknown): false {
  const isTimeout = error instanceof Error && error.name === "TimeoutError";
  if (isContextError(error) || isAbort(error) || isTimeout) return false;
  throw error;
}
