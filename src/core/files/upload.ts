import { ContextError } from "../errors.ts";
import type { UploadCaps } from "../ports/registry.ts";
import { decoded, nameOf, type SessionFile } from "../session/session.ts";
import { counted, formatBytes, formatDuration } from "../session/format.ts";
import type { Content } from "./content.ts";
import type { ProviderFile } from "./provider-file.ts";
import { requirePurpose } from "./purpose.ts";
import { remoteName } from "./remote-name.ts";
import { sendUpload } from "./send-upload.ts";
import { whySensitive } from "./sensitive.ts";
import { settleUpload } from "./settle-upload.ts";
import { uploadLease, type UploadOptions, type UploadParts } from "./upload-parts.ts";
import { useCopies } from "./use-copies.ts";

/** What became of one upload. */
export type UploadOutcome =
  | { readonly kind: "uploaded"; readonly upload: ProviderFile; readonly bytes: number }
  /** The provider holds these bytes already: nothing was sent. */
  | { readonly kind: "already"; readonly upload: ProviderFile }
  /** The user did not allow a file that looks like a secret. */
  | { readonly kind: "declined" };

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
  const name = nameOf(file.uri);
  const wanted = newUpload(parts, file, content);
  const rules = { leaseMs: options.leaseMs ?? uploadLease, caps: options.caps };
  for (;;) {
    const upload = { ...wanted, startedAt: parts.now() };
    const claim = await parts.registry.claimUpload(upload, content.bytes, rules);
    if (claim.kind === "wait") throw waiting(parts, name, claim.until);
    if (claim.kind === "capped") throw capped(parts, name, { ...claim, caps: options.caps });
    if (claim.kind === "claimed") {
      const sent = await sendUpload(
        parts,
        { file, upload: claim.upload, content, options },
        signal,
      );
      if (sent) return { kind: "uploaded", upload: sent, bytes: content.bytes };
      return { kind: "already", upload: await successor(parts, wanted, name, signal) };
    }
    const usable = await settleUpload(parts, claim.upload, name, signal);
    if (usable) return { kind: "already", upload: usable };
  }
}

function waiting({ provider, now }: UploadParts, file: string, until: number): ContextError {
  const { name } = provider.account;
  const retryAfter = until - now();
  return new ContextError(
    "provider-busy",
    `${name} asked not to be sent anything for ${formatDuration(retryAfter)}: upload ${file} after that`,
    { file, provider: name, retryAfter },
  );
}

interface Capped {
  readonly cap: keyof UploadCaps;
  readonly until: number;
  readonly caps: UploadCaps;
}

function capped(
  { provider, now }: UploadParts,
  file: string,
  { cap, until, caps }: Capped,
): ContextError {
  const { name } = provider.account;
  const limits = {
    filesPerMinute: `${counted(caps.filesPerMinute, "file")} a minute`,
    filesPerDay: `${counted(caps.filesPerDay, "file")} a day`,
    bytesPerDay: `${formatBytes(caps.bytesPerDay)} a day`,
  };
  return new ContextError(
    "upload-capped",
    `${file} was not uploaded, because Satchel uploads at most ${limits[cap]} to ${name}: try again in ${formatDuration(until - now())}, or raise the limit in the settings`,
    { file, provider: name, retryAfter: until - now() },
  );
}

/** The upload that took the place of ours while ours seemed dead. One operation makes one upload, so if that one is lost, too, the user begins anew. */
async function successor(
  parts: UploadParts,
  ours: ProviderFile,
  file: string,
  signal: AbortSignal,
): Promise<ProviderFile> {
  const uploads = await parts.registry.uploads(ours);
  const live = uploads.find(({ state }) => state === "ready" || state === "unknown");
  const usable = live && (await settleUpload(parts, live, file, signal));
  if (usable) return usable;
  const { name } = parts.provider.account;
  throw new ContextError(
    "upload-unfinished",
    `${file} was uploaded to ${name} by another window in the meantime, and removed again: upload it once more`,
    { file, provider: name },
  );
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
    state: "planned",
    remoteName: remoteName(nameOf(file.uri), content.contentId, id),
    startedAt: parts.now(),
  };
}
