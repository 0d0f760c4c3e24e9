import type { Registry } from "../ports/registry.ts";
import { mapConcurrently } from "./concurrent.ts";
import { providerState, type ProviderFile, type UploadKey } from "./provider-file.ts";

/** What lies in an account, as far as Satchel's registry knows: other tools may keep files there, too. */
export interface AccountUse {
  readonly files: number;
  readonly bytes: number;
  /** Files by the purpose that they were uploaded for. */
  readonly filesFor: ReadonlyMap<string, number>;
}

const readsAtOnce = 8;

/** An account of which nothing is known. */
export const noUse: AccountUse = { files: 0, bytes: 0, filesFor: new Map() };

/** What the registry knows to lie in an account at the time `now` (milliseconds since 1970). */
export async function accountUse(
  registry: Pick<Registry, "uploads" | "content">,
  { provider, baseUrl, account }: Pick<UploadKey, "provider" | "baseUrl" | "account">,
  now: number,
): Promise<AccountUse> {
  const uploads = await registry.uploads({ provider, baseUrl, account });
  const held = uploads.filter((upload) => isHeld(upload, now));
  const ids = [...new Set(held.map(({ contentId }) => contentId))];
  const contents = await mapConcurrently(ids, readsAtOnce, (id) => registry.content(id));
  const bytes = new Map(contents.map((content) => [content?.contentId, content?.bytes ?? 0]));
  return held.reduce(
    (use, upload) => withFile(use, upload.purpose, bytes.get(upload.contentId) ?? 0),
    noUse,
  );
}

/** The account after one more file. */
export function withFile(use: AccountUse, purpose: string, bytes: number): AccountUse {
  const filesFor = new Map(use.filesFor).set(purpose, (use.filesFor.get(purpose) ?? 0) + 1);
  return { files: use.files + 1, bytes: use.bytes + bytes, filesFor };
}

/** True if the provider has the file, so that it counts there. */
export function isHeld(upload: ProviderFile, now: number): boolean {
  const state = providerState(upload, now);
  return state === "ready" || state === "expiring";
}
