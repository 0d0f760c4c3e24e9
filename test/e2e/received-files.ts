import assert from "node:assert/strict";
import { applyPatch } from "diff";
import type { ChatBody } from "./stage.ts";

const marked = /^<(file|diff|gone)-(\d+) name="([^"]*)"[^>]*?(?:\/>|>\n([\s\S]*?)\n<\/\1-\2>)$/u;

/**
 * The files as a reader of these messages knows them, who takes no word for it: the last whole text of each, with the diffs behind it applied strictly. A file that is said to be
 * gone is not among them.
 */
export function receivedFiles({ messages }: ChatBody): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { content } of messages) {
    const [, kind, , name = "", text = ""] = marked.exec(content) ?? [];
    if (kind === "gone") files.delete(name);
    if (kind === "file") files.set(name, text);
    if (kind === "diff") files.set(name, patched(files.get(name), text, name));
  }
  return files;
}

function patched(before: string | undefined, hunks: string, name: string): string {
  assert.ok(before !== undefined, `a diff of ${name}, which was not shown before`);
  const after = applyPatch(before, `--- ${name}\n+++ ${name}\n${hunks}\n`, { fuzzFactor: 0 });
  assert.ok(after !== false, `a diff of ${name} does not fit`);
  return after;
}
