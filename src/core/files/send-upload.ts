import { isContextError, type ContextErrorCode } from "../errors.ts";
import type { RemoteFile, UploadRequest } from "../ports/provider-files.ts";
import type { UploadChange } from "../ports/registry.ts";
import { nameOf, type SessionFile } from "../session/session.ts";
import type { Content } from "./content.ts";
import { deleteOurs } from "./delete-ours.ts";
import type { ProviderFile } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { longestWait, retryDelay } from "../resilience/retry.ts";
import { confirmUpload, findStored } from "./settle-upload.ts";
import type { UploadOptions, UploadParts } from "./upload-parts.ts";

/** An upload that was claimed, and what it is about. */
export interface ClaimedUpload {
  readonly file: SessionFile;
  readonly upload: ProviderFile;
  readonly content: Content;
  readonly options: UploadOptions;
}

/** Outcomes that prove that the provider stored nothing. */
const refusals: ReadonlySet<ContextErrorCode> = new Set([
  "key-missing",
  "key-rejected",
  "provider-rejected",
  "quota-exceeded",
]);

/**
 * Sends a claimed upload, up to three times. After an outcome that leaves doubt the provider's list is searched before anything is sent again. Undefined if
 * another window took this upload for dead and sent the same bytes: then this copy is removed again.
 */
export async function sendUpload(
  parts: UploadParts,
  claimed: ClaimedUpload,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  const request = await requestOf(parts, claimed, signal);
  for (let attempt = 1; ; attempt++) {
    // Committed before the request: from here on the provider may hold the file.
    await parts.registry.changeUpload(claimed.upload.id, { state: "sending", attempts: attempt });
    try {
      const remote = await filesOf(parts.provider).upload(request, signal);
      return await confirmOrRemove(parts, claimed.upload, remote, signal);
    } catch (error) {
      const found = await afterFailure(parts, claimed.upload, { error, attempt }, signal);
      if (found) return found;
    }
  }
}

/** The request. If its bytes cannot be had, nothing was sent, and the row says so. */
async function requestOf(
  { registry, contents }: UploadParts,
  { file, upload, content: { contentId }, options }: ClaimedUpload,
  signal: AbortSignal,
): Promise<UploadRequest> {
  try {
    const bytes = await contents.read({ contentId, uri: file.uri }, signal);
    signal.throwIfAborted();
    const { remoteName: name, mediaType, purpose, id: operationId } = upload;
    const { lifetime } = options;
    return {
      name,
      contentId,
      mediaType,
      bytes,
      purpose,
      lifetime,
      file: nameOf(file.uri),
      operationId,
    };
  } catch (error) {
    await registry.changeUpload(upload.id, { state: "failed" });
    throw error;
  }
}

interface Failure {
  readonly error: unknown;
  readonly attempt: number;
}

/** Records a failure. Returns the upload if it was stored all the same; undefined if it should be sent again; else throws. */
async function afterFailure(
  parts: UploadParts,
  upload: ProviderFile,
  { error, attempt }: Failure,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  const isRefused = isRefusal(error);
  const change = isRefused ? refused(error, parts.now()) : inDoubt(error);
  await parts.registry.changeUpload(upload.id, change);
  const delay = retryDelay(error, attempt, parts.random);
  if (delay === undefined || delay > longestWait || !parts.budget.take(parts.now())) throw error;
  if (change.errorCode !== undefined) await parts.onRetry?.(change.errorCode);
  await parts.wait(delay, signal);
  return isRefused ? undefined : findStored(parts, upload, signal);
}

/** True if the provider said no: then it has stored nothing. */
function isRefusal(error: unknown): boolean {
  return isContextError(error) && (refusals.has(error.code) || isPlainlyBusy(error));
}

function inDoubt(error: unknown): UploadChange {
  const errorCode = isContextError(error) ? error.code : undefined;
  return { state: "unknown", inDoubt: true, errorCode };
}

function refused(error: unknown, now: number): UploadChange {
  if (!isContextError(error)) return { state: "failed" };
  const { code: errorCode, facts } = error;
  return isPlainlyBusy(error) && facts.retryAfter !== undefined
    ? { state: "retry-at", retryAt: now + facts.retryAfter, errorCode }
    : { state: "failed", errorCode };
}

/** 429: the request was turned away at the door. */
function isPlainlyBusy(error: unknown): boolean {
  return isContextError(error) && error.code === "provider-busy" && error.facts.status === 429;
}

async function confirmOrRemove(
  parts: UploadParts,
  upload: ProviderFile,
  remote: RemoteFile,
  signal: AbortSignal,
): Promise<ProviderFile | undefined> {
  try {
    return await confirmUpload(parts, upload, remote);
  } catch (error) {
    if (!isContextError(error) || error.code !== "upload-unfinished") throw error;
    const change = { state: "removing", providerFileId: remote.id } as const;
    await parts.registry.changeUpload(upload.id, change);
    const deletion = await deleteOurs(parts, upload, remote, signal);
    if (deletion !== "later") await parts.registry.changeUpload(upload.id, { state: "gone" });
    return undefined;
  }
}
