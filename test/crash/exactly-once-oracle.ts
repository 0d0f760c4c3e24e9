import { carriesTag } from "../../src/core/files/remote-name.ts";
import type { HeldFile } from "./upload-server.ts";

/** What a client believes: these bytes lie in that file. */
export interface UploadRecord {
  readonly contentId: string;
  /** The server's id of the file; undefined if the client knows none. */
  readonly remoteId: string | undefined;
  /** The client's own id of the upload, which is part of the remote name; undefined for a client that does not mark its files. */
  readonly uploadId?: string | undefined;
}

export interface UploadEvidence {
  /** What the server holds. */
  readonly held: ReadonlyMap<string, HeldFile>;
  readonly records: readonly UploadRecord[];
  /** Content ids that the user was told to be uploaded. */
  readonly acknowledged: ReadonlySet<string>;
  /** What lay in the account before. */
  readonly foreign: readonly HeldFile[];
}

/** What is wrong in an account, one line for each: `duplicate`, `orphan`, `wrong record`, `lost` or `foreign` first. */
export function uploadTroubles({ held, records, acknowledged, foreign }: UploadEvidence): string[] {
  const foreignIds = new Set(foreign.map(({ id }) => id));
  const ours = [...held.values()].filter(({ id }) => !foreignIds.has(id));
  const known = new Map(records.map((record) => [record.remoteId, record]));
  const right = new Set(records.filter((record) => isRight(record, held)).map(contentOf));
  const lost = [...acknowledged].filter((contentId) => !right.has(contentId));
  const gone = foreign.filter((file) => held.get(file.id) !== file);
  return [
    ...repeated(ours.map(contentOf)).map((contentId) => `duplicate: ${contentId}`),
    ...ours
      .filter((file) => !isKnown(file, known.get(file.id)))
      .map(({ id, name, fault }) => `orphan: ${id} ${name}, ${fault ?? "all went well"}`),
    ...records
      .filter((record) => !isRight(record, held))
      .map(({ contentId, remoteId }) => `wrong record: ${contentId} in ${remoteId}`),
    ...lost.map((contentId) => `lost: ${contentId}`),
    ...gone.map(({ id, name }) => `foreign: ${id} ${name}`),
  ];
}

/** How many troubles of each kind there are. */
export function troublesByKind(troubles: readonly string[]): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const trouble of troubles) {
    const kind = trouble.slice(0, trouble.indexOf(":"));
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

function isRight({ contentId, remoteId }: UploadRecord, held: UploadEvidence["held"]): boolean {
  return remoteId !== undefined && held.get(remoteId)?.contentId === contentId;
}

function isKnown({ name, contentId }: HeldFile, record: UploadRecord | undefined): boolean {
  if (!record) return false;
  return record.uploadId === undefined || carriesTag(name, contentId, record.uploadId);
}

function contentOf({ contentId }: { readonly contentId: string }): string {
  return contentId;
}

/** The second, third and further occurrences. */
function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) < index);
}
