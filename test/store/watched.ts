import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Watcher } from "../../src/core/ports/watcher.ts";
import { createWatcher } from "../../src/store/watcher.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A watcher of files in a folder of its own, with what it reported. */
export interface Watched {
  readonly folder: string;
  readonly watcher: Watcher;
  readonly reports: string[];
  readonly uriOf: (name: string) => string;
  /** Does the change over and over until the file is reported; a watcher may need a moment to begin. */
  readonly begins: (name: string, change?: () => void) => Promise<void>;
  /** Resolves when the file is reported after `change`. */
  readonly reported: (name: string, change: () => void) => Promise<void>;
}

/** Writes the files and watches them until the test ends. */
export function watched(t: TestContext, names: readonly string[]): Watched {
  const folder = temporaryFolder();
  const watcher = createWatcher((error) => t.diagnostic(String(error)));
  t.after(() => watcher.close());
  const reports: string[] = [];
  watcher.onDidChange((uri) => reports.push(uri));
  const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
  for (const name of names) writeFileSync(join(folder, name), "old");
  watcher.watch(names.map(uriOf));
  const wait = waiting(t);
  const reported = async (name: string, change: () => void): Promise<void> => {
    await wait(150);
    reports.length = 0;
    change();
    while (!reports.includes(uriOf(name))) await wait(10);
  };
  const begins = async (
    name: string,
    change: () => void = () => appendFileSync(join(folder, name), "."),
  ): Promise<void> => {
    for (; !reports.includes(uriOf(name)); await wait(110)) change();
  };
  return { folder, watcher, reports, uriOf, begins, reported };
}

/** Waits, and gives up when the test has ended. */
export function waiting(t: TestContext): (ms: number) => Promise<void> {
  return (ms) => setTimeout(ms, undefined, { signal: t.signal });
}
