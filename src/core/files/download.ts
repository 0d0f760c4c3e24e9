import { ContextError, isContextError } from "../errors.ts";
import type { Provider } from "../ports/provider.ts";
import type { Registry } from "../ports/registry.ts";
import type { ContentId } from "./content.ts";
import type { ProviderFile } from "./provider-file.ts";
import { filesOf } from "./purpose.ts";

export interface DownloadParts {
  readonly registry: Pick<Registry, "changeUpload">;
  /** At the very account of the upload. */
  readonly provider: Provider;
  /** The name that the user knows the file by, for errors; its name at the provider if it is left out. */
  readonly file?: string | undefined;
}

/**
 * The bytes of an upload, as they were uploaded: their SHA-256 is that of its row. Writes nothing but that the provider has no such file any more, if it
 * says so. Rejects with `provider-rejected` where files are not given back, `provider-file-gone`, `content-damaged`, and as the provider does.
 */
export async function downloadFile(
  { registry, provider, file }: DownloadParts,
  upload: ProviderFile,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { name } = provider.account;
  const facts = { file: file ?? upload.remoteName, provider: name };
  const { download } = filesOf(provider);
  if (!download) throw cannotDownload(name, facts.file);
  if (upload.providerFileId === undefined) throw goneFrom(facts);
  try {
    const bytes = await download(upload.providerFileId, signal);
    if ((await contentIdOf(bytes)) === upload.contentId) return bytes;
  } catch (error) {
    if (!isContextError(error) || error.code !== "provider-file-gone") throw error;
    await registry.changeUpload(upload.id, { state: "gone" });
    throw goneFrom(facts, error);
  }
  throw new ContextError(
    "content-damaged",
    `What ${name} sent for ${facts.file} is not what was uploaded, so nothing was written: download it again, or upload it anew`,
    facts,
  );
}

/** The error for a provider, or several, that do not give files back. */
export function cannotDownload(provider: string, file: string): ContextError {
  const sentence = `${provider} gives no uploaded files back, so ${file} cannot be downloaded from there`;
  return new ContextError("provider-rejected", sentence, { file, provider });
}

function goneFrom(
  facts: { readonly file: string; readonly provider: string },
  cause?: ContextError,
): ContextError {
  const sentence = `${facts.provider} has ${facts.file} no longer: upload it again`;
  return new ContextError("provider-file-gone", sentence, { ...facts, cause });
}

async function contentIdOf(bytes: Uint8Array<ArrayBuffer>): Promise<ContentId> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
