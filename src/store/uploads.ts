import type { SQLInputValue } from "node:sqlite";
import { ContextError } from "../core/errors.ts";
import type { AccountKey, ProviderFile, UploadKey } from "../core/files/provider-file.ts";
import type {
  ClaimRules,
  SeenUpload,
  UploadCaps,
  UploadChange,
  UploadClaim,
} from "../core/ports/registry.ts";
import type { Database } from "./database.ts";
import { providerFileColumns, providerFileOf, stored, uploadKeyColumns } from "./rows.ts";
import { insertInto, updateRow, valuesOf } from "./sql.ts";

const { id: _, startedAt: __, ...changeable } = providerFileColumns;

/** Claims an upload: of all windows that ask for the same key, one is told `claimed`; see the port. */
export function claimUpload(
  database: Database,
  upload: ProviderFile,
  bytes: number,
  rules: ClaimRules,
): UploadClaim {
  return database.write(() => {
    const held = liveUpload(database, upload);
    const now = held && afterLease(database, held, upload.startedAt - rules.leaseMs);
    if (now && isLive(now.state)) return { kind: "held", upload: now };
    const refusal = whyNotNow(database, upload, bytes, rules.caps);
    if (refusal) return refusal;
    const claimed: ProviderFile = { ...upload, state: "planned" };
    database
      .prepare(insertInto("provider_files", Object.values(providerFileColumns)))
      .run(...uploadValues({ ...claimed, attempts: 0, inDoubt: false }));
    return { kind: "claimed", upload: claimed };
  });
}

/** The values of an upload in the order of its columns. */
export function uploadValues({ attempts, inDoubt, ...upload }: ProviderFile): SQLInputValue[] {
  // These two are never null in the table.
  const counted = { ...upload, attempts: attempts ?? 0, inDoubt: inDoubt ?? false };
  return valuesOf<ProviderFile>(counted, providerFileColumns);
}

/** Records what became of an upload. Rejects if another upload has taken its place and this one would count again. */
export function changeUpload(database: Database, id: string, change: UploadChange): void {
  database.write(() => changeInTransaction(database, id, change));
}

/** Records what became of an upload that still stands as it was seen; see the port. */
export function advanceUpload(database: Database, seen: SeenUpload, change: UploadChange): boolean {
  return database.write(() => {
    const isSeen = standsAs(database, seen);
    if (isSeen) changeInTransaction(database, seen.id, change);
    return isSeen;
  });
}

function changeInTransaction(database: Database, id: string, change: UploadChange): void {
  if (change.state !== undefined && isLive(change.state)) refuseSecond(database, id);
  // As in `uploadValues`.
  const { inDoubt, attempts, ...rest } = change;
  updateRow(
    database,
    { table: "provider_files", id, columns: changeable },
    {
      ...rest,
      ...("inDoubt" in change && { inDoubt: inDoubt ?? false }),
      ...("attempts" in change && { attempts: attempts ?? 0 }),
    },
  );
}

function standsAs(database: Database, seen: SeenUpload): boolean {
  const upload = uploadWith(database, seen.id);
  return (
    upload?.state === seen.state &&
    (upload.attempts ?? 0) === (seen.attempts ?? 0) &&
    upload.providerFileId === seen.providerFileId
  );
}

function uploadWith(database: Database, id: string): ProviderFile | undefined {
  const row = database
    .prepare("select * from provider_files where id = ? and owner = owner_id()")
    .get(id);
  return row && providerFileOf(row);
}

/** The uploads to an account that are not settled; see the port. */
export function openUploads(database: Database, account: AccountKey): readonly ProviderFile[] {
  return database.read(() =>
    database
      .prepare(
        `select * from provider_files
        where owner = owner_id() and provider = ? and base_url = ? and account = ?
          and (in_doubt = 1 or state in ('planned', 'sending', 'unknown', 'removing', 'retry-at'))
        order by started_at, rowid`,
      )
      .all(account.provider, account.baseUrl, account.account)
      .map(providerFileOf),
  );
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
  return state === "planned" || state === "sending" || state === "ready" || state === "unknown";
}

/** The upload as it stands now: one that began before `deadline` has lost its window. */
function afterLease(database: Database, held: ProviderFile, deadline: number): ProviderFile {
  if (held.startedAt >= deadline) return held;
  const state = { sending: "unknown", planned: "failed" } as const;
  if (held.state !== "sending" && held.state !== "planned") return held;
  const lost: ProviderFile = { ...held, state: state[held.state] };
  updateRow(
    database,
    { table: "provider_files", id: held.id, columns: changeable },
    { state: lost.state },
  );
  return lost;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** What keeps an account from taking an upload now; undefined if nothing does. */
function whyNotNow(
  database: Database,
  { provider, baseUrl, account, startedAt }: ProviderFile,
  bytes: number,
  caps: UploadCaps,
): UploadClaim | undefined {
  const ofAccount = "owner = owner_id() and provider = ? and base_url = ? and account = ?";
  const key = [provider, baseUrl, account];
  const wait = database
    .prepare(
      `select max(retry_at) as until from provider_files
      where ${ofAccount} and state = 'retry-at' and retry_at > ?`,
    )
    .get(...key, startedAt)?.["until"];
  if (typeof wait === "number") return { kind: "wait", until: wait };
  const since = (age: number) => {
    const row = database
      .prepare(
        `select count(*) as files, coalesce(sum(bytes), 0) as bytes, min(started_at) as oldest
        from provider_files left join contents using (owner, content_id)
        where ${ofAccount} and started_at > ? and (attempts > 0 or state = 'planned')`,
      )
      .get(...key, startedAt - age);
    return {
      files: Number(row?.["files"]),
      bytes: Number(row?.["bytes"]),
      until: Number(row?.["oldest"] ?? startedAt) + age,
    };
  };
  const [lastMinute, lastDay] = [since(minute), since(day)];
  const passed = (cap: keyof UploadCaps, used: number, until: number): UploadClaim | undefined =>
    caps[cap] > 0 && used > caps[cap] ? { kind: "capped", cap, until } : undefined;
  return (
    passed("filesPerMinute", lastMinute.files + 1, lastMinute.until) ??
    passed("filesPerDay", lastDay.files + 1, lastDay.until) ??
    passed("bytesPerDay", lastDay.bytes + bytes, lastDay.until)
  );
}

function refuseSecond(database: Database, id: string): void {
  const upload = uploadWith(database, id);
  if (!upload) return;
  const other = liveUpload(database, upload);
  if (!other || other.id === id) return;
  throw new ContextError(
    "upload-unfinished",
    `${upload.remoteName} was sent again by another window in the meantime, so this copy is not used: reconcile to remove it`,
    { file: upload.remoteName },
  );
}
