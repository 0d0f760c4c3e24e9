import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isContextError } from "../../src/core/errors.ts";
import { uploadFile } from "../../src/core/files/upload.ts";
import type { Contents } from "../../src/core/ports/contents.ts";
import { answering, openParts } from "../fixtures/parts.ts";
import { impatient, noCaps } from "../fixtures/upload-parts.ts";
import { counts, patience } from "./counts.ts";
import { start } from "./process.ts";
import { startUploadServer, type UploadServer } from "./upload-server.ts";
import { uploaderProvider } from "./uploader-order.ts";

const signal = new AbortController().signal;
const goodWeather = { uploads: 0, others: 0, late: 0, random: Math.random };
const rules = { leaseMs: 60_000, doubtMs: 60_000, listLag: 0, hurry: 0 };

interface Tally {
  /** Uploads that went through. */
  uploaded: number;
  /** Uploads that were refused because the file would not hold still. */
  refused: number;
  /** Uploads whose record does not tell what the server got. */
  wrong: number;
}

/** Uploads a file again and again while another program writes it. */
async function uploadWhileWritten(
  t: TestContext,
  wanted: number,
  contentsFor = (contents: Contents): Contents => contents,
): Promise<Tally> {
  const parts = await openParts(t);
  await parts.add({ "log.bin": new Uint8Array(300_000).fill(1) });
  const server = await startUploadServer(goodWeather);
  t.after(() => server.stop());
  const { file } = await parts.file("log.bin");
  const writer = start(new URL("./children/uploader-writer.ts", import.meta.url), [
    fileURLToPath(file.uri),
  ]);
  await writer.said("writing\n");
  const provider = uploaderProvider({
    url: server.url,
    rules,
    manner: "careful",
    store: "",
    sessionId: "",
    seed: 0,
    task: "upload",
  });
  const own = { ...parts, ...impatient(), ...answering(true), provider };
  const uploadParts = { ...own, contents: contentsFor(parts.contents) };
  const tally: Tally = { uploaded: 0, refused: 0, wrong: 0 };
  while (tally.uploaded < wanted) {
    try {
      const options = { maxBytes: 1_000_000, caps: noCaps };
      const outcome = await uploadFile(uploadParts, file, options, signal);
      if (outcome.kind === "uploaded") judge(server, outcome.upload, tally);
    } catch (error) {
      if (!isContextError(error) || error.code !== "file-changing") throw error;
      tally.refused++;
    }
  }
  await writer.kill();
  return tally;
}

function judge(
  { held }: UploadServer,
  upload: { readonly contentId: string; readonly providerFileId?: string | undefined },
  tally: Tally,
): void {
  tally.uploaded++;
  const got = held.get(upload.providerFileId ?? "");
  if (got?.contentId !== upload.contentId) tally.wrong++;
}

test(
  `of ${counts.changingFiles} files that are written while they are uploaded, what was sent is what is recorded`,
  { timeout: patience },
  async (t) => {
    const { uploaded, refused, wrong } = await uploadWhileWritten(t, counts.changingFiles);
    assert.equal(wrong, 0);
    t.diagnostic(`${uploaded} uploaded, all recorded rightly; ${refused} refused as changing`);
  },
);

test(
  "a client that reads the file again to send it is caught",
  { timeout: patience },
  async (t) => {
    const { uploaded, wrong } = await uploadWhileWritten(t, 30, (contents) => ({
      ...contents,
      read: async ({ uri }) => new Uint8Array(await readFile(fileURLToPath(uri))),
    }));
    assert.ok(wrong > 0, "it was not found");
    t.diagnostic(`${wrong} of ${uploaded} records were wrong`);
  },
);
