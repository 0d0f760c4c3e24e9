import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { addFiles } from "../../src/core/files/add.ts";
import { baseline } from "./baseline.ts";
import { median, megabytes, milliseconds, times } from "./numbers.ts";
import { inFolder, settle, withParts } from "./places.ts";
import type { Row } from "./result.ts";
import { rounds } from "./rounds.ts";
import { generatedCsv } from "./sample-texts.ts";
import { type Watched, watchLoop } from "./watch-loop.ts";

const count = 10_000;
const wanted = 3;

/** 10,000 files of 1 to 39 kB in a repository, added to an empty session, against `sha256sum` over the same files. The digests must be equal. */
export function benchAdd(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const names = writeMany(folder);
    const compared = await rounds(3, () => compareOnce(folder, names));
    const ratios = compared.flatMap(({ ratio }) => ratio ?? []);
    const ratio = ratios.length === 0 ? undefined : median(ratios);
    const ours = milliseconds(median(compared.map(({ wall }) => wall)));
    const busy = milliseconds(median(compared.map((each) => each.busy)));
    const longest = milliseconds(Math.max(...compared.map((each) => each.longest)));
    return [
      {
        what: "adding 10,000 files (200 MB)",
        measured: ratio === undefined ? ours : times(ratio),
        target: `at most ${wanted} x sha256sum`,
        ok: ratio === undefined ? undefined : ratio <= wanted,
        detail: `ours ${ours}; caller's event loop busy ${busy}, delayed by at most ${longest}`,
      },
    ];
  });
}

/** Writes the files and returns their names, relative to the folder. */
function writeMany(folder: string): readonly string[] {
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, ".gitignore"), "node_modules/\ndist\n*.log\n/build/**/*.tmp\n!keep\n");
  const text = generatedCsv(1_000_000);
  let total = 0;
  const names = Array.from({ length: count }, (_, index) => {
    const group = String(index % 100).padStart(2, "0");
    if (index < 100) mkdirSync(join(folder, group));
    const name = `${group}/table-${index}.csv`;
    const data = `file ${index}\n${text.slice(index * 10, index * 10 + 1000 + (index % 1000) * 38)}`;
    total += data.length;
    writeFileSync(join(folder, name), data);
    settle(join(folder, name));
    return name;
  });
  assert.equal(megabytes(total), "200 MB");
  return names;
}

interface Compared extends Watched<unknown> {
  /** Time of ours in times of sha256sum; undefined without it. */
  readonly ratio: number | undefined;
}

async function compareOnce(folder: string, names: readonly string[]): Promise<Compared> {
  const sums = await baseline("sha256sum", names, folder);
  return withParts(async (place) => {
    const { registry, contents, sessionId } = place;
    // The threads' start is not part of the time.
    await contents.inspect(await place.write("small.txt", "small"), 1_000_000);
    const uris = names.map((name) => pathToFileURL(join(folder, name)).href);
    const parts = { registry, contents, confirm: async () => false };
    const request = { sessionId, uris, maxBytes: 1_000_000 };
    const watched = await watchLoop(() => addFiles(parts, request));
    assert.ok(watched.value.every(({ kind }) => kind === "added"));
    const ids = (await place.view()).files.map(({ content }) => content.contentId);
    assert.equal(ids.length, count);
    const digests = sums ? digestsOf(sums.output) : ids;
    assert.ok(
      ids.every((id, index) => id === digests[index]),
      "digests differ",
    );
    return { ...watched, ratio: sums && watched.wall / sums.milliseconds };
  });
}

function digestsOf(output: string): readonly string[] {
  return output
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(0, 64));
}
