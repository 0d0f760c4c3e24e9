import * as fc from "fast-check";
import type { Digest } from "../../../src/core/files/digest.ts";
import type { SessionFile } from "../../../src/core/session/session.ts";
import type { SessionSnapshot } from "../../../src/core/session/snapshot.ts";
import type { Database } from "../../../src/store/database.ts";
import { saveDigests, saveFiles, saveFinding, savePhase } from "../../../src/store/phases.ts";
import { chain, requests, saveRequest } from "../../../src/store/requests.ts";
import { addFiles, changeFiles, removeFiles } from "../../../src/store/session-files.ts";
import { createSession, deleteSession, renameSession } from "../../../src/store/sessions.ts";
import { snapshot } from "../../../src/store/snapshot.ts";
import { changeUpload } from "../../../src/store/uploads.ts";
import { answeredBy, messageOf, nextOf, requestOf } from "../sample-requests.ts";
import { newFile, sessionOf, uploadOf } from "../samples.ts";
import { startUpload } from "./start-upload.ts";

/** Something that a user does to one of three sessions. */
export interface Deed {
  readonly kind: (typeof kinds)[number];
  readonly session: string;
  /** Which file it is done to. */
  readonly name: string;
  /** What it is done with. */
  readonly text: string;
  readonly flag: boolean;
}

const kinds = [
  "create",
  "add",
  "add",
  "change",
  "remove",
  "rename",
  "upload",
  "digest",
  "phase",
  "find",
  "save",
  "send",
  "send",
  "delete",
] as const;

/** Deeds in the order in which they are done. */
export const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    session: fc.constantFrom("one", "two", "three"),
    name: fc.constantFrom("a.txt", "b c.txt", "🎒.csv", "it's.md", "%41.txt"),
    text: fc.string({ unit: "grapheme", maxLength: 12 }),
    flag: fc.boolean(),
  }),
  { minLength: 5, maxLength: 60 },
);

/** Does them, as far as there is something to do them to. */
export function doAll(database: Database, done: readonly Deed[]): void {
  createSession(database, sessionOf("one", { createdAt: 1 }));
  for (const [number, deed] of done.entries()) doOne(database, deed, number);
}

/** All that the store knows of each session, in the order of the sessions. */
export function allSnapshots(database: Database): readonly SessionSnapshot[] {
  return database
    .prepare("select id from sessions where owner = owner_id() order by created_at, rowid")
    .all()
    .map(({ id }) => snapshot(database, String(id)))
    .filter((session) => session !== undefined);
}

function doOne(database: Database, deed: Deed, number: number): void {
  const now = snapshot(database, deed.session);
  const file = now?.files.find(({ uri }) => uri.endsWith(`/${deed.name}`));
  if (now) {
    (
      doesToSession(database, deed, number, file)[deed.kind] ??
      (file && doesToFile(database, deed, number, file)[deed.kind])
    )?.();
  } else if (deed.kind === "create") {
    createSession(database, sessionOf(deed.session, { createdAt: number + 2 }));
  }
}

/** What a digest says of a table more than of a text. */
function tableOf(name: string, rows: number): Partial<Digest> {
  const profile = [{ name, type: "text", nulls: 0, max: name }] as const;
  return { columns: [name], rows, facts: [{ name: "rows", value: name }], profile };
}

type Does = Partial<Record<Deed["kind"], () => void>>;

function doesToSession(
  database: Database,
  { session: sessionId, name, text, flag }: Deed,
  number: number,
  file: SessionFile | undefined,
): Does {
  const contentIds = file ? [file.contentId] : [];
  const finding = { id: `finding-${number}`, sessionId, phase: 1, title: name, text, contentIds };
  return {
    add: () => void addFiles(database, [newFile(sessionId, name, text)]),
    rename: () => renameSession(database, sessionId, text),
    phase: () => savePhase(database, { sessionId, number, name: text, startedAt: number }),
    find: () => saveFinding(database, { ...finding, createdAt: number }),
    send: () => sendTo(database, sessionId, { id: `request-${number}`, text, keepsAll: flag }),
    ...(flag && number > 20 && { delete: () => deleteSession(database, sessionId) }),
  };
}

/** Saves a request with its answer; it goes on from the last one of its session, or begins a new epoch after it. */
function sendTo(
  database: Database,
  sessionId: string,
  { id, text, keepsAll }: { id: string; text: string; keepsAll: boolean },
): void {
  const [last] = requests(database, sessionId, 1);
  const sent = last && chain(database, last.id).at(-1);
  const added = [messageOf("user", ["instructions", text])];
  const next = sent
    ? nextOf(sent, id, { added, ...(!keepsAll && { keeps: 0 }) })
    : requestOf(id, { sessionId, added });
  saveRequest(database, answeredBy(next, text));
}

function doesToFile(
  database: Database,
  { session: sessionId, text, flag }: Deed,
  number: number,
  { id, uri, contentId }: SessionFile,
): Does {
  const change = { pinned: flag, outReason: flag ? text : undefined, sendAllowed: contentId };
  const digest = { contentId, extractor: "table", version: number, type: "csv", text };
  return {
    change: () => changeFiles(database, [{ id, change }]),
    remove: () => removeFiles(database, [id]),
    upload() {
      const upload = uploadOf(`upload-${number}`, { contentId, startedAt: 1000 + number });
      if (startUpload(database, upload) && flag) {
        changeUpload(database, upload.id, { state: "ready", providerFileId: `file-${number}` });
      }
    },
    digest: () =>
      saveDigests(database, [
        { ...digest, preview: [{ text }, null], ...(flag && tableOf(text, number)) },
      ]),
    save: () => saveFiles(database, [{ sessionId, uri, contentId, phase: 1, savedAt: number }]),
  };
}
