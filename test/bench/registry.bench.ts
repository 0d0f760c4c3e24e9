import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { NewSessionFile } from "../../src/core/ports/registry.ts";
import type { TestParts } from "../fixtures/parts.ts";
import { median, milliseconds } from "./numbers.ts";
import { withParts } from "./places.ts";
import { noTarget, type Row } from "./result.ts";
import { rounds } from "./rounds.ts";
import { watchLoop } from "./watch-loop.ts";

const count = 10_000;

/** A session of 10,000 files in the registry: the time to see it, and its size. */
export function benchRegistry(): Promise<readonly Row[]> {
  return withParts(async (parts) => {
    const files = Array.from({ length: count }, (_, index) => newFile(parts.sessionId, index));
    const added = await watchLoop(() => parts.registry.addFiles(files));
    const views = await rounds(7, () => watchLoop(() => parts.view()));
    for (const { value } of views) {
      assert.equal(value.files.length, count, "files are missing");
      const inOrder = value.files.every(({ file }, index) => file.uri === files[index]?.uri);
      assert.ok(inOrder, "files are in another order");
    }
    const longest = milliseconds(Math.max(...views.map((each) => each.longest)));
    return [
      {
        what: "view of a session of 10,000 files",
        measured: milliseconds(median(views.map(({ wall }) => wall))),
        target: noTarget,
        ok: undefined,
        detail: `host delayed by at most ${longest}; adding their rows took ${milliseconds(added.wall)}`,
      },
      {
        what: "registry bytes for each session file",
        measured: `${Math.round(bytesOf(parts) / count)} bytes`,
        target: noTarget,
        ok: undefined,
        detail: "URIs of about 60 characters; contents all different, none uploaded",
      },
    ];
  });
}

function newFile(sessionId: string, index: number): NewSessionFile {
  return {
    sessionId,
    uri: `file:///home/ada/projects/harbour/src/part-${index % 100}/module-${index}.ts`,
    content: {
      contentId: createHash("sha256").update(String(index)).digest("hex"),
      bytes: 20_000 + index,
      mediaType: "text/typescript",
      lines: 500 + (index % 300),
      tokens: 5000 + (index % 3000),
    },
  };
}

function bytesOf({ folder }: TestParts): number {
  const database = new DatabaseSync(join(folder, ".store", "registry.sqlite"), { readOnly: true });
  try {
    const pages = database.prepare("pragma page_count").get()?.["page_count"];
    const size = database.prepare("pragma page_size").get()?.["page_size"];
    return Number(pages) * Number(size);
  } finally {
    database.close();
  }
}
