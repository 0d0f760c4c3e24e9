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

const many = 100_000;
const some = 10_000;
const page = 1_000;
const wantedPage = 300;
const wantedBytes = 1_024;

/** Sessions of 10,000 and 100,000 files in the registry: the time to see them, and their size. */
export async function benchRegistry(): Promise<readonly Row[]> {
  return [await benchView(), ...(await benchPage())];
}

function benchView(): Promise<Row> {
  return withParts(async (parts) => {
    const { added, files } = await addFiles(parts, some);
    const views = await rounds(7, () => watchLoop(() => parts.view()));
    for (const { value } of views) {
      assert.equal(value.files.length, some, "files are missing");
      const inOrder = value.files.every(({ file }, index) => file.uri === files[index]?.uri);
      assert.ok(inOrder, "files are in another order");
    }
    const longest = milliseconds(Math.max(...views.map((each) => each.longest)));
    return {
      what: "view of a session of 10,000 files",
      measured: milliseconds(median(views.map(({ wall }) => wall))),
      target: noTarget,
      ok: undefined,
      detail: `host delayed by at most ${longest}; adding their rows took ${milliseconds(added)}`,
    };
  });
}

/** What the tree waits for before it draws a session of 100,000 files. */
function benchPage(): Promise<readonly Row[]> {
  return withParts(async (parts) => {
    const { added } = await addFiles(parts, many);
    const pages = await rounds(7, () =>
      watchLoop(() => parts.registry.page(parts.sessionId, 0, page)),
    );
    for (const { value } of pages) {
      assert.equal(value?.files.length, page, "files are missing");
      assert.equal(value.total, many, "the total is wrong");
    }
    const wall = median(pages.map((each) => each.wall));
    const longest = milliseconds(Math.max(...pages.map((each) => each.longest)));
    const bytes = bytesOf(parts) / many;
    return [
      {
        what: "first page of a session of 100,000 files",
        measured: milliseconds(wall),
        target: `under ${wantedPage} ms`,
        ok: wall < wantedPage,
        detail: `${page.toLocaleString("en")} rows, with the totals; host delayed by at most ${longest}; adding all rows took ${milliseconds(added)}`,
      },
      {
        what: "registry bytes for each session file",
        measured: `${Math.round(bytes)} bytes`,
        target: `at most ${wantedBytes.toLocaleString("en")}`,
        ok: bytes <= wantedBytes,
        detail: "100,000 files, URIs of about 60 characters; contents all different, none uploaded",
      },
    ];
  });
}

async function addFiles(
  parts: TestParts,
  count: number,
): Promise<{ readonly added: number; readonly files: readonly NewSessionFile[] }> {
  const files = Array.from({ length: count }, (_, index) => newFile(parts.sessionId, index));
  const { wall } = await watchLoop(() => parts.registry.addFiles(files));
  return { added: wall, files };
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
