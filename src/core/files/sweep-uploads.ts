import type { RemoteFile } from "../ports/provider-files.ts";
import { deleteOurs } from "./delete-ours.ts";
import type { ProviderFile, UploadState } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { confirmUpload, orTakenOver, storedAs } from "./settle-upload.ts";
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
  const now = await parts.registry.openUploads(parts.provider.account);
  for (const before of open) {
    const upload = now.find(({ id }) => id === before.id);
    // What another window was at meanwhile is left to the next sweep: the list may be older than that.
    if (!upload || !isSame(upload, before)) continue;
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
  const isHeld = ["planned", "sending", "retry-at"].includes(upload.state);
  return !isHeld || now - Math.max(upload.startedAt, upload.retryAt ?? 0) > leaseMs;
}

function isSame(one: ProviderFile, other: ProviderFile): boolean {
  return (
    one.state === other.state &&
    one.attempts === other.attempts &&
    one.providerFileId === other.providerFileId
  );
}

async function settle(parts: SettleParts, settling: Settling, signal: AbortSignal): Promise<void> {
  const { upload, listed, sweep } = settling;
  const stored = storedAs(listed, upload);
  const kept = await keptOf(parts, settling, stored[0]);
  const end = kept === undefined ? ends[upload.state] : undefined;
  // Closed before anything is deleted: from here on no window takes over what it stored.
  if (end === "failed" && !(await close(parts, upload, end))) return;
  for (const remote of withUnlisted(stored, upload, end)) {
    if (remote.id === kept) continue;
    const deletion = await deleteOurs(parts, upload, remote, signal);
    if (deletion === "later") return;
    if (deletion === "deleted") sweep.deleted.push(remote);
  }
  if (end === "gone") await close(parts, upload, end);
  if (end) sweep.closed.push(upload);
}

type End = "failed" | "gone";

async function close(
  { registry }: SettleParts,
  upload: ProviderFile,
  state: End,
): Promise<boolean> {
  const isSent = (upload.attempts ?? 0) > 0;
  const change = { state, ...(state === "failed" && isSent && { inDoubt: true }) };
  return registry.advanceUpload(upload, change);
}

/** What is to be removed is removed even if the list does not show it yet. */
function withUnlisted(
  stored: readonly RemoteFile[],
  { providerFileId: id, remoteName: name }: ProviderFile,
  end: End | undefined,
): readonly RemoteFile[] {
  if (end !== "gone" || id === undefined || stored.some((remote) => remote.id === id))
    return stored;
  return [...stored, { id, name }];
}

/** What becomes of an upload for which nothing is kept at the provider. */
const ends: Partial<Record<UploadState, End>> = {
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
  const adopted = await orTakenOver(() => confirmUpload(parts, upload, oldest, { inDoubt: true }));
  if (adopted) sweep.adopted.push(adopted);
  return adopted?.providerFileId;
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
