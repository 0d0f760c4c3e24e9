import { utimesSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openParts, type TestParts } from "../fixtures/parts.ts";

/** Calls `use` with a new folder, which is removed when it is done. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "satchel-bench-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Calls `use` with the real parts on a store of their own, which is removed when it is done. */
export async function withParts<T>(use: (parts: TestParts) => Promise<T>): Promise<T> {
  const endings: (() => Promise<void>)[] = [];
  const context = { after: (ending: () => Promise<void>) => void endings.push(ending) };
  // All that the fixture asks of a test is to be told when it is over.
  const parts = await openParts(context as unknown as TestContext);
  try {
    return await use(parts);
  } finally {
    for (const ending of endings) await ending();
  }
}

/** Makes a file look as if it was last changed long ago: what was changed just now is read twice. */
export function settle(path: string): void {
  utimesSync(path, new Date(), new Date(Date.now() - 60_000));
}
