import { ContextError, isContextError, type ContextErrorCode } from "../errors.ts";
import type { Contents } from "../ports/contents.ts";
import type { Copies } from "../ports/copies.ts";
import type { Provider } from "../ports/provider.ts";
import type { RemoteFile } from "../ports/provider-files.ts";
import type { Registry } from "../ports/registry.ts";
import { decoded, nameOf, type SessionFile } from "../session/session.ts";
import type { Content } from "./content.ts";
import { providerState, type ProviderFile } from "./provider-file.ts";
import { filesOf, requirePurpose } from "./purpose.ts";
import { carriesTag, isTagged, remoteName } from "./remote-name.ts";
import { whySensitive, type Confirm } from "./sensitive.ts";
import { useCopies } from "./use-copies.ts";

export interface UploadParts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly copies: Copies;
  readonly provider: Provider;
  readonly confirm: Confirm;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The id of the upload, for its row and its remote name: that of the logged operation. Called once. */
  readonly newId: () => string;
}

export interface UploadOptions {
  /** Size limit in bytes. */
  readonly maxBytes: number;
  /** Milliseconds that the provider should keep the file; undefined: as long as it does by itself. */
  readonly lifetime?: number | undefined;
}

/** What became of one upload. */
export type UploadOutcome =
  | { readonly kind: "uploaded"; readonly upload: ProviderFile; readonly bytes: number }
  /** The provider holds these bytes already: nothing was sent. */
  | { readonly kind: "already"; readonly upload: ProviderFile }
  /** The user did not allow a file that looks like a secret. */
  | { readonly kind: "declined" };

/** A window that has not finished an upload after this time is taken for dead. Adapters give up earlier, however large the file. */
export const uploadLease: number = 30 * 60_000;

/** An upload that was confirmed longer ago than this is looked up at its provider before it is relied on. */
const verifyAfter = 10 * 60_000;

/** Outcomes that prove that the provider stored nothing. */
const refusals: ReadonlySet<ContextErrorCode> = new Set([
  "key-missing",
  "key-rejected",
  "provider-rejected",
]);

/**
 * Uploads a session file once. Equal bytes that the account holds already are not sent again, whichever file, session or window sent them. The
 * bytes that are sent are the bytes whose content id is recorded. Rejects with `ContextError` or, after a cancel, an `AbortError`.
 *
 * 1. Take the file's bytes into the store; ask if it looks like a secret.
 * 2. Claim the upload: a durable row, before the request.
 * 3. If somebody holds the claim, verify or settle theirs and use it.
 * 4. Send. Only a validated reply makes the row ready; after any doubt it is `unknown`, and the next try looks for it first.
 */
export async function uploadFile(
  parts: UploadParts,
  file: SessionFile,
  options: UploadOptions,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const content = await takeContent(parts, file, options, signal);
  if (!content) return { kind: "declined" };
  const wanted = newUpload(parts, file, content);
  for (;;) {
    const claim = await parts.registry.claimUpload(
      { ...wanted, startedAt: parts.now() },
      uploadLease,
    );
    if (claim.kind === "claimed") {
      const sent = await send(parts, { file, upload: claim.upload, content, options }, signal);
      if (sent) return { kind: "uploaded", upload: sent, bytes: content.bytes };
      return { kind: "already", upload: await successor(parts, wanted, nameOf(file.uri), signal) };
    }
    const usable = await settle(parts, claim.upload, nameOf(file.uri), signal);
    if (usable) return { kind: "already", upload: usable };
  }
}

/** Deletes one upload at its provider. Only files that carry Satchel's tag and have a row are ever deleted. */
export async function removeUpload(
  parts: Pick<UploadParts, "registry" | "provider">,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<void> {
  if (upload.providerFileId !== undefined && isTagged(upload.remoteName)) {
    await filesOf(parts.provider).delete(upload.providerFileId, signal);
  }
  await parts.registry.changeUpload(upload.id, { state: "gone" });
}

async function takeContent(
  parts: UploadParts,
  file: SessionFile,
  options: UploadOptions,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const largest = Math.max(
    ...(parts.provider.capabilities.files?.purposes ?? []).map((purpose) => purpose.maxBytes),
  );
  const maxBytes = Math.min(options.maxBytes, largest);
  const facts = await parts.contents.take(file.uri, maxBytes, signal);
  const { content } = facts;
  const reason = whySensitive(decoded(file.uri), facts);
  if (reason !== undefined && file.uploadAllowed !== content.contentId) {
    if (!(await parts.confirm(nameOf(file.uri), reason))) return undefined;
    await parts.registry.changeFiles([
      { id: file.id, change: { uploadAllowed: content.contentId } },
    ]);
  }
  await parts.registry.saveContents([content]);
  const copy = { contentId: content.contentId, uri: file.uri };
  await useCopies(parts, [copy], "upload", maxBytes);
  if (content.contentId !== file.contentId || file.disk !== "fresh") {
    await parts.registry.changeFiles([
      { id: file.id, change: { contentId: content.contentId, disk: "fresh" } },
    ]);
  }
  return content;
}

function newUpload(parts: UploadParts, file: SessionFile, content: Content): ProviderFile {
  const { account } = parts.provider;
  const id = parts.newId();
  return {
    id,
    contentId: content.contentId,
    provider: account.provider,
    baseUrl: account.baseUrl,
    account: account.account,
    purpose: requirePurpose(parts.provider, nameOf(file.uri), content).name,
    mediaType: content.mediaType,
    state: "sending",
    remoteName: remoteName(nameOf(file.uri), content.contentId, id),
    startedAt: parts.now(),
  };
}

interface Sending {
  readonly file: SessionFile;
  readonly upload: ProviderFile;
  readonly content: Content;
  readonly options: UploadOptions;
}

/** The upload; undefined if another window took this one for dead and sent the same bytes: then this copy is removed again. */
async function send(
  parts: UploadParts,
  sending: Sending,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  const { upload } = sending;
  const remote = await transmit(parts, sending, signal);
  try {
    return await confirmUpload(parts, upload, remote);
  } catch (error) {
    if (!isContextError(error) || error.code !== "upload-unfinished") throw error;
    await filesOf(parts.provider).delete(remote.id, signal);
    await parts.registry.changeUpload(upload.id, { state: "gone", providerFileId: remote.id });
    return undefined;
  }
}

async function transmit(
  parts: UploadParts,
  { file, upload, content, options }: Sending,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const { remoteName: name, mediaType, purpose } = upload;
  const source = { contentId: content.contentId, uri: file.uri };
  try {
    const bytes = await parts.contents.read(source, signal);
    const { lifetime } = options;
    return await filesOf(parts.provider).upload(
      {
        name,
        contentId: content.contentId,
        mediaType,
        bytes,
        purpose,
        lifetime,
        file: nameOf(file.uri),
        operationId: upload.id,
      },
      signal,
    );
  } catch (error) {
    const refused = isContextError(error) && refusals.has(error.code);
    await parts.registry.changeUpload(upload.id, { state: refused ? "failed" : "unknown" });
    throw error;
  }
}

async function confirmUpload(
  parts: UploadParts,
  upload: ProviderFile,
  remote: RemoteFile,
): Promise<ProviderFile> {
  const change = {
    state: "ready",
    providerFileId: remote.id,
    expiresAt: remote.expiresAt,
    verifiedAt: parts.now(),
  } as const;
  await parts.registry.changeUpload(upload.id, change);
  return { ...upload, ...change };
}

/** The upload that took the place of ours while ours seemed dead. One operation makes one upload, so if that one is lost, too, the user begins anew. */
async function successor(
  parts: UploadParts,
  ours: ProviderFile,
  file: string,
  signal: AbortSignal,
): Promise<ProviderFile> {
  const uploads = await parts.registry.uploads(ours);
  const live = uploads.find(({ state }) => state !== "failed" && state !== "gone");
  const usable = live && (await settle(parts, live, file, signal));
  if (usable) return usable;
  const { name } = parts.provider.account;
  throw new ContextError(
    "upload-unfinished",
    `${file} was uploaded to ${name} by another window in the meantime, and removed again: upload it once more`,
    { file, provider: name },
  );
}

/** The upload if it can be used; undefined if its row has been closed and the way is free for a new claim. */
async function settle(
  parts: UploadParts,
  upload: ProviderFile,
  file: string,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  const { account } = parts.provider;
  if (upload.state === "sending") {
    throw new ContextError(
      "upload-unfinished",
      `${file} is being uploaded to ${account.name} by another window; wait for it to finish`,
      { file, provider: account.name },
    );
  }
  if (
    upload.state === "ready" &&
    parts.now() - (upload.verifiedAt ?? 0) < verifyAfter &&
    isUsable(parts, upload)
  )
    return upload;
  const remote = await findRemote(parts, upload, signal);
  if (remote) return confirmUpload(parts, upload, remote);
  await parts.registry.changeUpload(upload.id, {
    state: upload.state === "ready" ? "gone" : "failed",
  });
  return undefined;
}

async function findRemote(
  parts: UploadParts,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<RemoteFile | undefined> {
  if (upload.state === "ready" && upload.providerFileId !== undefined) {
    return isUsable(parts, upload)
      ? filesOf(parts.provider).get(upload.providerFileId, signal)
      : undefined;
  }
  const listed = await filesOf(parts.provider).list(signal);
  return listed
    .filter((remote) => carriesTag(remote.name, upload.contentId, upload.id))
    .toSorted((one, other) => (one.createdAt ?? 0) - (other.createdAt ?? 0))[0];
}

function isUsable(parts: UploadParts, upload: ProviderFile): boolean {
  return providerState(upload, parts.now()) === "ready";
}
