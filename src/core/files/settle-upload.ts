import { ContextError, isContextError } from "../errors.ts";
import type { RemoteFile } from "../ports/provider-files.ts";
import type { UploadChange } from "../ports/registry.ts";
import { providerState, type ProviderFile } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { carriesTag, isTagged } from "./remote-name.ts";
import type { SettleParts } from "./upload-parts.ts";

/** An upload that was confirmed longer ago than this is looked up at its provider before it is relied on. */
const verifyAfter = 10 * 60_000;

/**
 * The upload if it can be used; undefined if its row has been closed and the way is free for a new claim. Rejects with `upload-unfinished`
 * while another window is at it.
 */
export async function settleUpload(
  parts: SettleParts,
  upload: ProviderFile,
  file: string,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  const { account } = parts.provider;
  if (upload.state === "sending" || upload.state === "planned") {
    throw new ContextError(
      "upload-unfinished",
      `${file} is being uploaded to ${account.name} by another window; wait for it to finish`,
      { file, provider: account.name },
    );
  }
  if (upload.state === "ready") return verified(parts, upload, signal);
  const found = await orTakenOver(() => findStored(parts, upload, signal));
  // Unless another window has settled it meanwhile.
  if (!found) await parts.registry.advanceUpload(upload, { state: "failed", inDoubt: true });
  return found;
}

/** Undefined if another window was at the upload meanwhile. */
export async function orTakenOver<Result>(
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isContextError(error) && error.code === "upload-unfinished") return undefined;
    throw error;
  }
}

/** Records a step of an upload that this window knows like that. Rejects with `upload-unfinished` if another window was at it meanwhile. */
export async function advance(
  { registry }: Pick<SettleParts, "registry">,
  upload: ProviderFile,
  change: UploadChange,
): Promise<ProviderFile> {
  if (await registry.advanceUpload(upload, change)) return { ...upload, ...change };
  throw new ContextError(
    "upload-unfinished",
    `${upload.remoteName} was taken over by another window in the meantime: upload it once more`,
    { file: upload.remoteName },
  );
}

/** Waits until a list would show what was stored, and takes the file over if it is there. */
export async function findStored(
  parts: SettleParts,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  await parts.wait(parts.provider.capabilities.files?.listLag ?? 0, signal);
  const [oldest] = storedAs(await filesOf(parts.provider).list(signal), upload);
  return oldest && confirmUpload(parts, upload, oldest, { inDoubt: true });
}

/** The remote files that this upload has made, the oldest first. Where equal bytes are one file, another upload of Satchel may have named it. */
export function storedAs(
  listed: readonly RemoteFile[],
  upload: ProviderFile,
): readonly RemoteFile[] {
  const tagged = listed.filter(({ name }) => carriesTag(name, upload.contentId, upload.id));
  const same = listed.filter(
    ({ name, contentId }) => contentId === upload.contentId && isTagged(name),
  );
  return (tagged.length > 0 ? tagged : same).toSorted(
    (one, other) => (one.createdAt ?? 0) - (other.createdAt ?? 0),
  );
}

/** Records what the provider holds for an upload. Rejects with `upload-unfinished` if another window or upload has taken its place. */
export async function confirmUpload(
  { registry, now }: Pick<SettleParts, "registry" | "now">,
  upload: ProviderFile,
  remote: RemoteFile,
  change: { readonly inDoubt?: boolean } = {},
): Promise<ProviderFile> {
  const confirmed = {
    state: "ready",
    remoteName: remote.name === "" ? upload.remoteName : remote.name,
    providerFileId: remote.id,
    expiresAt: remote.expiresAt,
    verifiedAt: now(),
    retryAt: undefined,
    errorCode: undefined,
    ...change,
  } as const;
  return advance({ registry }, upload, confirmed);
}

/** A lease is not relied on within ten minutes of its end, nor after ten minutes without a look. What is gone stays as history. */
async function verified(
  parts: SettleParts,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  const now = parts.now();
  const isLasting = providerState(upload, now) === "ready";
  if (isLasting && now - (upload.verifiedAt ?? 0) < verifyAfter) return upload;
  const remote =
    isLasting && upload.providerFileId !== undefined
      ? await filesOf(parts.provider).get(upload.providerFileId, signal)
      : undefined;
  if (remote) return orTakenOver(() => confirmUpload(parts, upload, remote));
  await parts.registry.advanceUpload(upload, { state: "gone" });
  return undefined;
}
