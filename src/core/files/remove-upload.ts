import type { ProviderFile } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { carriesTag } from "./remote-name.ts";
import type { SettleParts } from "./upload-parts.ts";

/**
 * Deletes one upload at its provider. Only a file that carries the tag of this very row is deleted: one that another upload made, on this machine or another, is
 * let go. What cannot be deleted now is deleted by a later sweep.
 */
export async function removeUpload(
  { registry, provider }: Pick<SettleParts, "registry" | "provider">,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<void> {
  if (upload.providerFileId !== undefined && isOurs(upload)) {
    await registry.changeUpload(upload.id, { state: "removing" });
    await filesOf(provider).delete(upload.providerFileId, signal);
  }
  await registry.changeUpload(upload.id, { state: "gone" });
}

/** True if the remote file was made by this upload. */
export function isOurs({ remoteName, contentId, id }: ProviderFile): boolean {
  return carriesTag(remoteName, contentId, id);
}
