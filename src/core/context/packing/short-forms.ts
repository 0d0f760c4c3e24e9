import { draft, type Draft } from "../draft.ts";
import type { PresentFile } from "../gather.ts";
import type { ShownFile } from "../ledger/ledger.ts";
import { renderDigests, renderExcerpt, renderStubs } from "../text/render.ts";
import { shownFile, type Scene } from "../scene.ts";

/** A file's digest as it stands among others; undefined if it has none. */
export function digestText({ digests }: Scene, { path, view }: PresentFile): string | undefined {
  const digest = digests.get(view.content.contentId);
  return digest && `## ${path} (${digest.type})\n${digest.text}\n\n`;
}

/** The digests of files in one block; nothing if none of them has one. */
export function digestsDraft(scene: Scene, files: readonly PresentFile[]): readonly Draft[] {
  const { fence, digests, present } = scene;
  const told = files.flatMap((file) => {
    const digest = digests.get(file.view.content.contentId);
    return digest ? [{ file, digest }] : [];
  });
  if (told.length === 0) return [];
  const ready = [...present.values()].filter(({ view }) => digests.has(view.content.contentId));
  const texts = told.map(({ file: { path }, digest: { type, text } }) => ({ path, type, text }));
  const shown = told.map(({ file, digest: { version } }) =>
    Object.assign(shownFile(file, "digest"), { extractorVersion: version }),
  );
  return [draft("digests", renderDigests(fence, texts, ready.length), shown)];
}

/** The names of files in one block. */
export function stubsDraft({ fence }: Scene, files: readonly PresentFile[]): readonly Draft[] {
  if (files.length === 0) return [];
  const paths = files.map(({ path }) => path);
  const shown = files.map((file) => shownFile(file, "stub"));
  return [draft("stubs", renderStubs(fence, paths), shown)];
}

/** The lines of a file that speak of the question; nothing if there are none. */
export function excerptDraft(scene: Scene, file: PresentFile): readonly Draft[] {
  const ranges = scene.excerpts.get(file.view.file.id) ?? [];
  if (ranges.length === 0) return [];
  const text = renderExcerpt(scene.fence, file.path, ranges);
  return [draft("file", text, excerptFiles(scene, file))];
}

/** An entry for each range of lines. */
export function excerptFiles({ excerpts }: Scene, file: PresentFile): readonly ShownFile[] {
  const ranges = excerpts.get(file.view.file.id) ?? [];
  return ranges.map(({ first, last }) =>
    Object.assign(shownFile(file, "excerpt"), { lines: [first, last] as const }),
  );
}
