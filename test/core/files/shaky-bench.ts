/** A session file in a real registry, and an account at a shaky provider. */
import type { TestContext } from "node:test";
import { sweepUploads } from "../../../src/core/files/sweep-uploads.ts";
import { uploadFile, type UploadOutcome } from "../../../src/core/files/upload.ts";
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";
import { createShakyProvider, type ShakyProvider } from "./shaky-provider.ts";

const signal = new AbortController().signal;

export interface Bench extends ShakyProvider {
  readonly parts: TestParts;
  now: number;
  /** Milliseconds that were waited for. */
  readonly waits: number[];
  readonly retried: string[];
  upload(name?: string): Promise<UploadOutcome>;
  sweep(): ReturnType<typeof sweepUploads>;
  /** States of all rows, newest first. */
  states(): Promise<string>;
}

export async function openBench(t: TestContext): Promise<Bench> {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text" });
  const waits: number[] = [];
  const retried: string[] = [];
  const shaky = createShakyProvider(() => bench.now);
  const own = {
    ...impatient(),
    now: () => bench.now,
    wait: async (milliseconds: number) => {
      if (milliseconds > 0) waits.push(milliseconds);
      bench.now += milliseconds;
    },
  };
  const bench: Bench = Object.assign(shaky, {
    parts,
    now: 1_800_000_000_000,
    waits,
    retried,
    upload: async (name = "a.md") => {
      const { file } = await parts.file(name);
      const { confirm } = answering(true);
      return uploadFile(
        {
          ...parts,
          ...own,
          provider: shaky.provider,
          confirm,
          onRetry: async (code) => void retried.push(code),
        },
        file,
        { maxBytes, caps: noCaps },
        signal,
      );
    },
    sweep: () =>
      sweepUploads({ ...own, registry: parts.registry, provider: shaky.provider }, {}, signal),
    states: async () => (await parts.registry.uploads({})).map(({ state }) => state).join(" "),
  });
  return bench;
}
