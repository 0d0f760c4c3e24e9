import { ContextError } from "../core/errors.ts";
import type { ProviderFile, UploadKey } from "../core/files/provider-file.ts";
import type { UploadChange, UploadClaim } from "../core/ports/registry.ts";
import type { Database } from "./database.ts";
import { providerFileColumns, providerFileOf, stored, uploadKeyColumns } from "./rows.ts";
import { insertInto, updateRow, valuesOf } from "./sql.ts";

const changeable = {
  state: providerFileColumns.state,
  providerFileId: providerFileColumns.providerFileId,
  expiresAt: providerFileColumns.expiresAt,
  verifiedAt: providerFileColumns.verifiedAt,
};

/** Claims an upload: of all windows that ask for the same key, one is told `claimed`; see the port. */
export function claimUpload(
  database: Database,
  upload: ProviderFile,
  leaseMs: number,
): UploadClaim {
  return database.write(() => {
    const held = liveUpload(database, upload);
    if (held)
      return { kind: "held", upload: afterLease(database, held, upload.startedAt - leaseMs) };
    const claimed: ProviderFile = { ...upload, state: "sending" };
    database
      .prepare(insertInto("provider_files", Object.values(providerFileColumns)))
      .run(...valuesOf<ProviderFile>(claimed, providerFileColumns));
    return { kind: "claimed", upload: claimed };
  });
}

/** Records what became of an upload. Rejects if another upload has taken its place and this one would count again. */
export function changeUpload(database: Database, id: string, change: UploadChange): void {
  database.write(() => {
    if (change.state !== undefined && isLive(change.state)) refuseSecond(database, id);
    updateRow(database, { table: "provider_files", id, columns: changeable }, change);
  });
}

/** The uploads whose key has these parts, newest first. */
export function uploads(database: Database, key: Partial<UploadKey>): readonly ProviderFile[] {
  return database.read(() => uploadsOf(database, key));
}

function uploadsOf(database: Database, key: Partial<UploadKey>): readonly ProviderFile[] {
  const parts = (Object.keys(uploadKeyColumns) as (keyof UploadKey)[]).filter(
    (part) => key[part] !== undefined,
  );
  const conditions = parts.map((part) => `${uploadKeyColumns[part]} = ?`);
  const rows = database
    .prepare(
      `select * from provider_files where ${["owner = owner_id()", ...conditions].join(" and ")}
      order by started_at desc, rowid desc`,
    )
    .all(...parts.map((part) => stored(key[part])));
  return rows.map(providerFileOf);
}

function liveUpload(database: Database, key: UploadKey): ProviderFile | undefined {
  return uploadsOf(database, key).find((upload) => isLive(upload.state));
}

// The states of the partial index `provider_files_live`.
function isLive(state: ProviderFile["state"]): boolean {
  return state === "sending" || state === "ready" || state === "unknown";
}

/** The upload as it stands now: a `sending` one that began before `deadline` has lost its window. */
function afterLease(database: Database, held: ProviderFile, deadline: number): ProviderFile {
  if (held.state !== "sending" || held.startedAt >= deadline) return held;
  const lost: ProviderFile = { ...held, state: "unknown" };
  updateRow(database, { table: "provider_files", id: held.id, columns: changeable }, lost);
  return lost;
}

function refuseSecond(database: Database, id: string): void {
  const row = database
    .prepare("select * from provider_files where id = ? and owner = owner_id()")
    .get(id);
  if (!row) return;
  const upload = providerFileOf(row);
  const other = liveUpload(database, upload);
  if (!other || other.id === id) return;
  throw new ContextError(
    "upload-unfinished",
    `${upload.remoteName} was sent again by another window in the meantime, so this copy is not used: reconcile to remove it`,
    { file: upload.remoteName },
  );
}
