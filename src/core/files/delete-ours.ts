import type { ContentId } from "./content.ts";
import type { RemoteFile } from "../ports/provider-files.ts";
import type { ProviderFile } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { ownTags, tagIn } from "./remote-name.ts";
import type { SettleParts } from "./upload-parts.ts";

/** What became of a remote file that was to be deleted; `later`: an upload under way may be about to rely on it, and the next sweep decides. */
export type Deletion = "deleted" | "kept" | "later";

/**
 * Deletes a remote file on behalf of an upload. It is kept unless it carries the tag of a row of ours; and kept, too, while an upload relies on it, be it that
 * another window has settled it since, be it that the provider stores equal bytes once.
 */
export async function deleteOurs(
  { registry, provider }: Pick<SettleParts, "registry" | "provider">,
  upload: ProviderFile,
  remote: Pick<RemoteFile, "id" | "name"> & { readonly contentId?: ContentId | undefined },
  signal: AbortSignal,
): Promise<Deletion> {
  const { provider: id, baseUrl, account, contentId } = upload;
  const rows = await registry.uploads({ provider: id, baseUrl, account, contentId });
  if (!ownTags(rows).has(tagIn(remote.name))) return "kept";
  if (rows.some((row) => row.state === "ready" && row.providerFileId === remote.id)) return "kept";
  // Only a provider that tells hashes may store equal bytes once.
  const isAwaited = rows.some((row) => row.id !== upload.id && isUnderWay(row));
  if (remote.contentId !== undefined && isAwaited) return "later";
  await filesOf(provider).delete(remote.id, signal);
  return "deleted";
}

/** True if the provider may hold a file for this upload that its row does not tell yet. */
export function isUnderWay({ state }: ProviderFile): boolean {
  return state === "sending" || state === "unknown";
}
