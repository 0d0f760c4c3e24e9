import { isContextError } from "../errors.ts";
import type { RemoteFile } from "../ports/provider-files.ts";
import { deleteOurs } from "./delete-ours.ts";
import type { ProviderFile, UploadState } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { confirmUpload, storedAs } from "./settle-upload.ts";
import { uploadLease, type SettleParts } from "./upload-parts.ts";

/** What a sweep of an account's uploads did. */
export interface UploadSweep {
  /** Uploads whose outcome was unknown, and that the provider has. */
  readonly adopted: readonly ProviderFile[];
  /** Uploads that ended without a file. */
  readonly closed: readonly ProviderFile[];
  /** Remote files that were deleted: second copies of an upload, and what was to be removed. */
  readonly deleted: readonly RemoteFile[];
}

export interface UploadSweepOptions {
  readonly leaseMs?: number | undefined;
  /** Milliseconds after its beginning for which a doubtful upload is looked for: servers may store late. */
  readonly doubtMs?: number | undefined;
}

const usualDoubt = 60 * 60_000;

/**
 * Settles what crashes, lost replies and servers that store late have left behind at one account, in this machine's rows and at the provider. Asks the provider
 * nothing if nothing is open. Deletes only files that carry the tag of a row of ours.
 */
export async function sweepUploads(
  parts: SettleParts,
  options: UploadSweepOptions,
  signal: AbortSignal,
): Promise<UploadSweep> {
  const sweep: MutableSweep = { adopted: [], closed: [], deleted: [] };
  const open = (await parts.registry.openUploads(parts.provider.account)).filter((upload) =>
    isReadyToSweep(upload, parts.now(), options.leaseMs ?? uploadLease),
  );
  if (open.length === 0) return sweep;
  await parts.wait(parts.provider.capabilities.files?.listLag ?? 0, signal);
  const listed = await filesOf(parts.provider).list(signal);
  for (const upload of open) {
    await settle(parts, { upload, listed, sweep }, signal);
    await endDoubt(parts, upload, options.doubtMs ?? usualDoubt);
  }
  return sweep;
}

interface MutableSweep {
  readonly adopted: ProviderFile[];
  readonly closed: ProviderFile[];
  readonly deleted: RemoteFile[];
}

interface Settling {
  readonly upload: ProviderFile;
  readonly listed: readonly RemoteFile[];
  readonly sweep: MutableSweep;
}

/** What other windows are at is left to them. */
function isReadyToSweep(upload: ProviderFile, now: number, leaseMs: number): boolean {
  if (upload.state === "planned" || upload.state === "sending")
    return now - upload.startedAt > leaseMs;
  return upload.state !== "retry-at" || now >= (upload.retryAt ?? 0);
}

async function settle(parts: SettleParts, settling: Settling, signal: AbortSignal): Promise<void> {
  const { upload, listed, sweep } = settling;
  const stored = storedAs(listed, upload);
  const kept = await keptOf(parts, settling, stored[0]);
  for (const remote of stored) {
    if (remote.id === kept) continue;
    const deletion = await deleteOurs(parts, upload, remote, signal);
    if (deletion === "later") return;
    if (deletion === "deleted") sweep.deleted.push(remote);
  }
  const end = kept === undefined ? ends[upload.state] : undefined;
  if (!end) return;
  await parts.registry.changeUpload(upload.id, { state: end });
  sweep.closed.push(upload);
}

/** What becomes of an upload for which nothing is kept at the provider. */
const ends: Partial<Record<UploadState, "failed" | "gone">> = {
  planned: "failed",
  "retry-at": "failed",
  sending: "failed",
  unknown: "failed",
  removing: "gone",
};

/** The provider's id of the file that stays: that of a ready upload, or of one that is found now. */
async function keptOf(
  parts: SettleParts,
  { upload, sweep }: Settling,
  oldest: RemoteFile | undefined,
): Promise<string | undefined> {
  if (upload.state === "ready") return upload.providerFileId;
  if (!oldest || (upload.state !== "unknown" && upload.state !== "sending")) return undefined;
  const adopted = await adopt(parts, upload, oldest);
  if (adopted) sweep.adopted.push(adopted);
  return adopted?.providerFileId;
}

/** Undefined if another upload of the same bytes counts already. */
async function adopt(
  parts: SettleParts,
  upload: ProviderFile,
  remote: RemoteFile,
): Promise<ProviderFile | undefined> {
  try {
    return await confirmUpload(parts, upload, remote, { inDoubt: true });
  } catch (error) {
    if (isContextError(error) && error.code === "upload-unfinished") return undefined;
    throw error;
  }
}

/** A doubt ends when no server stores that late. */
async function endDoubt(
  { registry, now }: SettleParts,
  { id, startedAt, inDoubt }: ProviderFile,
  doubtMs: number,
): Promise<void> {
  if (inDoubt === true && now() - startedAt > doubtMs) {
    await registry.changeUpload(id, { inDoubt: false });
  }
}
