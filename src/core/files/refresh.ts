import { isContextError } from "../errors.ts";
import type { Contents } from "../ports/contents.ts";
import type { Registry } from "../ports/registry.ts";
import type { DiskState, SessionFile } from "../session/session.ts";
import { mapConcurrently } from "./concurrent.ts";

const readsAtOnce = 8;

/** Compares files on disk with the content that the session holds, and records the new disk states. Returns the files whose state is another one now. */
export async function refreshFiles(
  parts: { readonly registry: Registry; readonly contents: Contents },
  files: readonly SessionFile[],
  maxBytes: number,
): Promise<readonly SessionFile[]> {
  const states = await mapConcurrently(files, readsAtOnce, (file) =>
    diskState(parts.contents, file, maxBytes),
  );
  const changed = files.flatMap((file, index) => {
    const disk = states[index];
    return disk === undefined || disk === file.disk ? [] : [{ file, change: { disk } }];
  });
  if (changed.length > 0) {
    await parts.registry.changeFiles(changed.map(({ file, change }) => ({ id: file.id, change })));
  }
  return changed.map(({ file }) => file);
}

async function diskState(
  contents: Contents,
  file: SessionFile,
  maxBytes: number,
): Promise<DiskState> {
  try {
    const { content } = await contents.inspect(file.uri, maxBytes);
    return content.contentId === file.contentId ? "fresh" : "changed";
  } catch (error) {
    if (!isContextError(error)) throw error;
    // Emptied, grown over the limit, or replaced by a folder: in any case no longer what the session holds.
    return error.code === "file-missing" ? "missing" : "changed";
  }
}
