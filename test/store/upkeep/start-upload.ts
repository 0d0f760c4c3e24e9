import type { ProviderFile } from "../../../src/core/files/provider-file.ts";
import type { Database } from "../../../src/store/database.ts";
import { changeUpload, claimUpload } from "../../../src/store/uploads.ts";

const rules = { leaseMs: 1, caps: { filesPerMinute: 0, filesPerDay: 0, bytesPerDay: 0 } };

/** Begins an upload as a window does before it sends the bytes. False if there is one already. */
export function startUpload(database: Database, upload: ProviderFile): boolean {
  const { kind } = claimUpload(database, upload, 1, rules);
  if (kind !== "claimed") return false;
  changeUpload(database, upload.id, { state: "sending" });
  return true;
}
