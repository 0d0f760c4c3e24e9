import { ContextError } from "../errors.ts";
import type { Purpose } from "../ports/capabilities.ts";
import { formatBytes } from "../session/format.ts";
import type { Content } from "./content.ts";
import type { Provider } from "../ports/provider.ts";
import type { ProviderFiles } from "../ports/provider-files.ts";

/** True if a media type is among these patterns: `application/pdf`, `image/*`, `*`. */
export function isAmong(mediaType: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern === "*" ||
      pattern === mediaType ||
      (pattern.endsWith("/*") && mediaType.startsWith(pattern.slice(0, -1))),
  );
}

/** What a file of this media type is uploaded for at a provider; undefined if it takes no such file. */
export function purposeOf(
  { capabilities }: Pick<Provider, "capabilities">,
  mediaType: string,
): Purpose | undefined {
  return capabilities.files?.purposes.find(({ mediaTypes }) => isAmong(mediaType, mediaTypes));
}

/** Like `purposeOf`. Throws `provider-rejected` if the provider takes no such file, or none of this size. */
export function requirePurpose(provider: Provider, file: string, content: Content): Purpose {
  const { name } = provider.account;
  filesOf(provider);
  const purpose = purposeOf(provider, content.mediaType);
  const refused = (why: string): ContextError =>
    new ContextError("provider-rejected", `${name} does not take ${file}: ${why}`, {
      provider: name,
      file,
    });
  if (!purpose) throw refused(`it stores no files of the type ${content.mediaType}`);
  if (content.bytes <= purpose.maxBytes) return purpose;
  throw refused(
    `it has ${formatBytes(content.bytes)}, and ${formatBytes(purpose.maxBytes)} are allowed`,
  );
}

/** Where a provider keeps files. Throws `provider-rejected` for one that keeps none. */
export function filesOf({ account, files }: Provider): ProviderFiles {
  if (files) return files;
  throw new ContextError(
    "provider-rejected",
    `${account.name} stores no files: choose another provider, or ask about the file without uploading it`,
    { provider: account.name },
  );
}
