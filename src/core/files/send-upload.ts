import { isContextError, type ContextErrorCode } from "../errors.ts";
import { longestUpload, type RemoteFile, type UploadRequest } from "../ports/provider-files.ts";
import type { UploadChange } from "../ports/registry.ts";
import { nameOf, type SessionFile } from "../session/session.ts";
import type { Content } from "./content.ts";
import { deleteOurs } from "./delete-ours.ts";
import type { ProviderFile } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";
import { longestWait, retryDelay } from "../resilience/retry.ts";
import { advance, confirmUpload, findStored, orTakenOver } from "./settle-upload.ts";
import { uploadLease, type UploadOptions, type UploadParts } from "./upload-parts.ts";

/** An upload that was claimed, and what it is about. */
export interface ClaimedUpload {
  readonly file: SessionFile;
  readonly upload: ProviderFile;
  readonly content: Content;
  readonly options: UploadOptions;
}

/** Outcomes that prove that the provider stored nothing, unless the server itself was in trouble. */
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
  let { upload } = claimed;
  for (let attempt = 1; ; attempt++) {
    // Committed before the request: from here on the provider may hold the file.
    upload = await advance(parts, upload, { state: "sending", attempts: attempt });
    const outcome = await filesOf(parts.provider)
      .upload(request, signal)
      .then(
        (remote) => ({ remote }),
        (error: unknown) => ({ error }),
      );
    if ("remote" in outcome) return confirmOrRemove(parts, upload, outcome.remote, signal);
    const { error } = outcome;
    upload = await afterFailure(parts, upload, { error, attempt }, signal);
    if (upload.state === "ready") return upload;
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

type Failed = UploadChange & Pick<ProviderFile, "state">;

interface Failure {
  readonly error: unknown;
  readonly attempt: number;
}

/** Records a failure. Returns the upload: `ready` if it was stored all the same, else it should be sent again. Throws if it should not. */
async function afterFailure(
  parts: UploadParts,
  upload: ProviderFile,
  { error, attempt }: Failure,
  signal: AbortSignal,
): Promise<ProviderFile> {
  const change = isRefusal(error) ? refused(error, parts.now()) : inDoubt(error);
  const delay = delayWithin(parts, upload, retryDelay(error, attempt, parts.random));
  if (delay === undefined || !parts.budget.take(parts.now())) {
    await advance(parts, upload, change);
    throw error;
  }
  return waitAndLook(parts, upload, { change, delay }, signal);
}

/** Undefined if the user would wait too long, or if another window could take a further attempt for dead. */
function delayWithin(
  { now }: UploadParts,
  { startedAt }: ProviderFile,
  delay: number | undefined,
): number | undefined {
  if (delay === undefined || delay > longestWait) return undefined;
  return now() + delay - startedAt < uploadLease - longestUpload ? delay : undefined;
}

interface Waiting {
  readonly change: Failed;
  /** Milliseconds. */
  readonly delay: number;
}

/** Waits for the next attempt, and looks whether the file was stored if that is in doubt. */
async function waitAndLook(
  parts: UploadParts,
  upload: ProviderFile,
  { change, delay }: Waiting,
  signal: AbortSignal,
): Promise<ProviderFile> {
  // Other windows must not settle what is about to be tried again.
  const state = change.state === "retry-at" ? change.state : "sending";
  const waiting = await advance(parts, upload, { ...change, state });
  if (change.errorCode !== undefined) await parts.onRetry?.(change.errorCode);
  try {
    await parts.wait(delay, signal);
    const found = change.inDoubt === true && (await findStored(parts, waiting, signal));
    return found || waiting;
  } catch (error) {
    await orTakenOver(() => advance(parts, waiting, { state: change.state }));
    throw error;
  }
}

/** True if the provider said no: then it has stored nothing. */
function isRefusal(error: unknown): boolean {
  if (!isContextError(error)) return false;
  // Without a status nothing was sent. A conflict may be with what an earlier request has stored.
  const { status = 400 } = error.facts;
  const isPlain = status < 500 && status !== 408 && status !== 409;
  return isPlainlyBusy(error) || (refusals.has(error.code) && isPlain);
}

function inDoubt(error: unknown): Failed {
  const errorCode = isContextError(error) ? error.code : undefined;
  return { state: "unknown", inDoubt: true, errorCode };
}

function refused(error: unknown, now: number): Failed {
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
  const confirmed = await orTakenOver(() => confirmUpload(parts, upload, remote));
  if (confirmed) return confirmed;
  const { id } = upload;
  const row = (await parts.registry.uploads(upload)).find((each) => each.id === id);
  if (row?.state !== "failed") {
    // A sweep keeps or removes what was stored just now.
    await parts.registry.changeUpload(id, { inDoubt: true });
    return undefined;
  }
  const change = { state: "removing", providerFileId: remote.id } as const;
  const removing = await advance(parts, row, change);
  const deletion = await deleteOurs(parts, removing, remote, signal);
  if (deletion !== "later") await advance(parts, removing, { state: "gone" });
  return undefined;
}
