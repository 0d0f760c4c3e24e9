import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { startDemoServer } from "../demo/server.ts";
import { builtExtension } from "./built-extension.ts";
import type { Memory } from "./children/large-file.ts";
import { inChild } from "./in-child.ts";
import { megabytes } from "./numbers.ts";
import { inFolder, settle } from "./places.ts";
import type { Row } from "./result.ts";
import { mixedText } from "./sample-texts.ts";

const size = 50_000_000;
const wanted = 128_000_000;

/** A text of 50 MB, added, counted and uploaded to a server in this process, all in a new process of its own whose resident memory is measured. */
export function benchMemory(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const path = join(folder, "large.txt");
    writeFileSync(path, Buffer.from(mixedText(size / 4)).subarray(0, size));
    settle(path);
    const server = await startDemoServer();
    try {
      const memory = await inChild<Memory>(new URL("./children/large-file.ts", import.meta.url), [
        await builtExtension(),
        join(folder, "store"),
        path,
        server.url,
      ]);
      assert.equal(server.files.length, 1);
      assert.equal(digestOf(server.files[0]?.bytes), digestOf(readFileSync(path)));
      return [rowOf(memory)];
    } finally {
      await server.stop();
    }
  });
}

function rowOf({ start, warm, added, counted, uploaded, peak }: Memory): Row {
  const above = (bytes: number): string => `+${megabytes(bytes - start)}`;
  return {
    what: "50 MB text through add, count, upload",
    measured: above(peak),
    target: `at most +${megabytes(wanted)} resident`,
    ok: peak - start <= wanted,
    detail: `from ${megabytes(start)}; peaks: threads started ${above(warm)}, add ${above(added)}, count ${above(counted)}, upload ${above(uploaded)}; beyond the started threads +${megabytes(peak - warm)}`,
  };
}

function digestOf(bytes: Uint8Array | undefined): string {
  return createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
}
