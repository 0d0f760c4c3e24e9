import { draft, type Draft } from "./draft.ts";
import type { PresentFile } from "./gather.ts";
import { renderFile, renderNative } from "./text/render.ts";
import { shownFile } from "./scene.ts";
import { makeVisible } from "./text/visible.ts";

/** The whole file, as its text or as itself. */
export async function fileDraft(fence: string, file: PresentFile): Promise<Draft> {
  const { path, native, text, tokens, view } = file;
  if (native || !text) {
    const kind = native?.source.kind === "reference" ? "reference" : "full";
    const shown = shownFile(file, kind);
    return { ...draft("file", renderNative(fence, path), [shown]), nativeTokens: tokens };
  }
  const visible = makeVisible(await text()).text;
  const rendered = renderFile(fence, path, view.content.mediaType, visible);
  return draft("file", rendered, [shownFile(file, "full")]);
}
