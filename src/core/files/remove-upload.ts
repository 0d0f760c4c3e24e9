import { deleteOurs } from "./delete-ours.ts";
import type { ProviderFile } from "./provider-file.ts";
import type { SettleParts } from "./upload-parts.ts";

/**
 * Ends one upload and deletes its file at the provider. A file that no upload of this machine made is let go, and so is one that another upload relies on. What
 * cannot be deleted now is deleted by a later sweep.
 */
export async function removeUpload(
  parts: Pick<SettleParts, "registry" | "provider">,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<void> {
  const { id, providerFileId, remoteName } = upload;
  const { registry } = parts;
  if (providerFileId !== undefined) {
    // Another window may have been first.
    if (!(await registry.advanceUpload(upload, { state: "removing" }))) return;
    const remote = { id: providerFileId, name: remoteName };
    if ((await deleteOurs(parts, upload, remote, signal)) === "later") return;
  }
  await registry.changeUpload(id, { state: "gone" });
}
