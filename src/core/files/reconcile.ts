import type { RemoteFile } from "../ports/provider-files.ts";
import { nameOf, type FileView } from "../session/session.ts";
import type { Content } from "./content.ts";
import { deleteOurs, isUnderWay } from "./delete-ours.ts";
import type { ProviderFile } from "./provider-file.ts";
import { filesOf, requirePurpose } from "./purpose.ts";
import { carriesTag, isTagged, ownTags, tagIn, taggedContent, uploadIdFor } from "./remote-name.ts";
import { uploadLease, type SettleParts } from "./upload-parts.ts";

/** A remote file, and a session file whose content it may be. */
export interface Candidate {
  readonly remote: RemoteFile;
  readonly view: FileView;
  /** How sure that is: the provider tells the hash; the tag tells its beginning; name and size are equal. */
  readonly evidence: "hash" | "tag" | "name-and-size";
}

/** An account's rows and its list side by side, at one moment. */
export interface Comparison {
  /** Uploads that lie where their rows say. */
  readonly matched: readonly ProviderFile[];
  /** Uploads whose rows say `ready`, and that the provider does not list. */
  readonly ghosts: readonly ProviderFile[];
  /** Further files that carry the tag of a row. */
  readonly duplicates: readonly { readonly upload: ProviderFile; readonly remote: RemoteFile }[];
  /** Files with a tag of Satchel for which there is no row here: another machine's, or of a store that was lost. */
  readonly orphans: readonly RemoteFile[];
  /** Files that other tools uploaded. */
  readonly foreign: readonly RemoteFile[];
  /** Orphans and foreign files that session files could take over. */
  readonly candidates: readonly Candidate[];
}

/** Compares an account with its rows. Changes nothing. */
export async function compareAccount(
  { registry, provider }: SettleParts,
  views: readonly FileView[],
  signal: AbortSignal,
): Promise<Comparison> {
  const listed = await filesOf(provider).list(signal);
  const { provider: id, baseUrl, account } = provider.account;
  const rows = await registry.uploads({ provider: id, baseUrl, account });
  const ready = rows.filter(({ state }) => state === "ready");
  const ids = new Set(listed.map((remote) => remote.id));
  const claimed = new Set(ready.map(({ providerFileId }) => providerFileId));
  const rest = listed.filter((remote) => !claimed.has(remote.id));
  const duplicates = rest.flatMap((remote) => {
    const upload = rows.find((row) => carriesTag(remote.name, row.contentId, row.id));
    // What is under way is left to its window, and to the sweep.
    return upload && !isUnderWay(upload) ? [{ upload, remote }] : [];
  });
  const tags = ownTags(rows);
  const others = rest.filter(({ name }) => !tags.has(tagIn(name)));
  return {
    matched: ready.filter(({ providerFileId }) => ids.has(providerFileId ?? "")),
    ghosts: ready.filter(({ providerFileId }) => !ids.has(providerFileId ?? "")),
    duplicates,
    orphans: others.filter(({ name }) => isTagged(name)),
    foreign: others.filter(({ name }) => !isTagged(name)),
    candidates: others.flatMap((remote) => candidateFor(remote, views) ?? []),
  };
}

/** What of a comparison is to be changed. */
export interface Reconciling {
  readonly forget: readonly ProviderFile[];
  readonly remove: Comparison["duplicates"];
  readonly adopt: readonly Candidate[];
}

export interface ReconcileParts extends SettleParts {
  readonly newId: () => string;
}

/**
 * Applies what was chosen of a comparison: forgets ghosts, deletes duplicates, which carry the tag of a row, and takes remote files over, which are never deleted later
 * unless they carry the tag of their row.
 */
export async function reconcile(
  parts: ReconcileParts,
  { forget, remove, adopt }: Reconciling,
  signal: AbortSignal,
): Promise<void> {
  for (const upload of forget) await parts.registry.advanceUpload(upload, { state: "gone" });
  for (const { upload, remote } of remove) {
    await deleteOurs(parts, upload, remote, signal);
  }
  for (const candidate of adopt) await adoptFile(parts, candidate);
}

async function adoptFile(
  { registry, provider, now, newId }: ReconcileParts,
  { remote, view: { file, content } }: Candidate,
): Promise<void> {
  const purpose = remote.purpose ?? requirePurpose(provider, nameOf(file.uri), content).name;
  const upload = rowFor(remote, content, { id: uploadIdFor(remote.name, newId()), at: now() });
  const { provider: id, baseUrl, account } = provider.account;
  const key = { provider: id, baseUrl, account, purpose };
  const rules = {
    leaseMs: uploadLease,
    caps: { filesPerMinute: 0, filesPerDay: 0, bytesPerDay: 0 },
  };
  const claim = await registry.claimUpload({ ...upload, ...key }, content.bytes, rules);
  if (claim.kind !== "claimed") return;
  const { remoteName, providerFileId, expiresAt, verifiedAt } = upload;
  await registry.changeUpload(upload.id, {
    state: "ready",
    remoteName,
    providerFileId,
    expiresAt,
    verifiedAt,
  });
}

function rowFor(
  remote: RemoteFile,
  content: Content,
  { id, at }: { readonly id: string; readonly at: number },
): Omit<ProviderFile, "provider" | "baseUrl" | "account" | "purpose"> {
  return {
    id,
    contentId: content.contentId,
    mediaType: content.mediaType,
    state: "planned",
    remoteName: remote.name,
    providerFileId: remote.id,
    startedAt: remote.createdAt ?? at,
    expiresAt: remote.expiresAt,
    verifiedAt: at,
  };
}

function candidateFor(remote: RemoteFile, views: readonly FileView[]): Candidate | undefined {
  for (const view of views) {
    const evidence = evidenceOf(remote, view);
    if (evidence) return { remote, view, evidence };
  }
  return undefined;
}

function evidenceOf(
  remote: RemoteFile,
  { file, content }: FileView,
): Candidate["evidence"] | undefined {
  if (remote.contentId !== undefined) {
    return remote.contentId === content.contentId ? "hash" : undefined;
  }
  const tagged = taggedContent(remote.name);
  if (tagged !== undefined) return content.contentId.startsWith(tagged) ? "tag" : undefined;
  const isSame = remote.name === nameOf(file.uri) && remote.bytes === content.bytes;
  return isSame ? "name-and-size" : undefined;
}

/** Which uploads a cleanup is about. */
export type CleanupKind = "all" | "expired" | "unused";

/** Those of all uploads of an account that a cleanup would delete: only files that carry the tag of a row. `unusedFor` is in milliseconds. */
export function planCleanup(
  uploads: readonly ProviderFile[],
  kind: CleanupKind,
  now: number,
  unusedFor: number,
): readonly ProviderFile[] {
  const tags = ownTags(uploads);
  const ours = uploads.filter(
    ({ state, remoteName }) => state === "ready" && tags.has(tagIn(remoteName)),
  );
  if (kind === "all") return ours;
  if (kind === "expired") return ours.filter(({ expiresAt }) => (expiresAt ?? Infinity) <= now);
  return ours.filter(({ verifiedAt, startedAt }) => now - (verifiedAt ?? startedAt) >= unusedFor);
}

/** Deletes what a plan names, one after the other. Returns the reasons for what could not be deleted; a later sweep tries again. */
export async function cleanUp(
  plan: readonly { remove(signal: AbortSignal): Promise<unknown> }[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const failed: unknown[] = [];
  for (const doomed of plan) {
    signal.throwIfAborted();
    await doomed.remove(signal).catch((error: unknown) => failed.push(error));
  }
  return failed;
}
