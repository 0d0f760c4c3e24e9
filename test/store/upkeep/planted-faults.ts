import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { StoreFaultKind } from "../../../src/core/ports/upkeep.ts";
import { saveRequest } from "../../../src/store/requests.ts";
import { deleteSession } from "../../../src/store/sessions.ts";
import { isWindows } from "../place.ts";
import { requestOf } from "../sample-requests.ts";
import { idOf, uploadOf } from "../samples.ts";
import type { KeptStore } from "./kept-store.ts";
import { startUpload } from "./start-upload.ts";

/** One thing that is planted in a sound store, and what is to be found then. */
export interface PlantedFault {
  readonly plant: (store: KeptStore) => void;
  readonly kind: StoreFaultKind;
  readonly names?: readonly string[];
  readonly path: (store: KeptStore) => string | undefined;
  readonly detail?: RegExp;
  readonly skip?: boolean;
}

const file = (path: string) => (): string => path;
const blob =
  (text: string) =>
  ({ blobOf, folder }: KeptStore): string =>
    blobOf(text).slice(folder.length + 1);

/** One fault of each kind that verification knows, and more where a kind has several looks. */
export const plantedFaults: Readonly<Record<string, PlantedFault>> = {
  "a blob with a flipped bit": {
    plant: ({ blobOf }) => writeFileSync(blobOf("a.txt"), "a.tyt"),
    kind: "copy-damaged",
    names: ["a.txt"],
    path: blob("a.txt"),
  },
  "a blob that lost its end": {
    plant: ({ blobOf }) => truncateSync(blobOf("b.txt"), 2),
    kind: "copy-damaged",
    names: ["b.txt"],
    path: blob("b.txt"),
  },
  "a blob that is gone": {
    plant: ({ blobOf }) => rmSync(blobOf("c.txt")),
    kind: "copy-missing",
    names: ["c.txt"],
    path: blob("c.txt"),
  },
  "a blob in the trash that is gone": {
    plant({ blobOf, sql }) {
      sql(`insert into trash values (1, '${idOf("c.txt")}', 'c.txt', 1, '[]');
        update contents set stored_at = null where content_id = '${idOf("c.txt")}'`);
      rmSync(blobOf("c.txt"));
    },
    kind: "copy-missing",
    names: ["c.txt"],
    path: blob("c.txt"),
  },
  "a blob that no row knows": {
    plant: ({ oldFile, blobOf, folder }) =>
      void oldFile(blobOf("unknown").slice(folder.length), "unknown"),
    kind: "copy-unknown",
    names: [idOf("unknown").slice(0, 12)],
    path: blob("unknown"),
  },
  "a blob that counts as not stored": {
    plant: ({ sql }) =>
      sql(`update contents set stored_at = null where content_id = '${idOf("b.txt")}'`),
    kind: "copy-uncounted",
    names: ["b.txt"],
    path: blob("b.txt"),
  },
  "a note among the blobs": {
    plant: ({ oldFile }) => void oldFile("blobs/notes.txt", "notes"),
    kind: "file-strange",
    path: file("blobs/notes.txt"),
  },
  "a blob with a name too short": {
    plant: ({ oldFile }) => void oldFile(`blobs/aa/${"0".repeat(61)}`, "?"),
    kind: "file-strange",
    path: file(`blobs/aa/${"0".repeat(61)}`),
  },
  "a folder in a blob's place": {
    plant({ folder }) {
      mkdirSync(join(folder, "blobs", "aa", "1".repeat(62)), { recursive: true, mode: 0o700 });
    },
    kind: "file-strange",
    path: file(`blobs/aa/${"1".repeat(62)}`),
  },
  "a blob that is half written": {
    plant: ({ oldFile }) => void oldFile("blobs/~half", "ha"),
    kind: "file-leftover",
    path: file("blobs/~half"),
  },
  "a database that is half written": {
    plant: ({ oldFile }) => void oldFile("~half-journal", "ha"),
    kind: "file-leftover",
    path: file("~half-journal"),
  },
  "a file context that is half written": {
    plant: ({ oldFile }) => void oldFile("sessions/s/~half", "ha"),
    kind: "file-leftover",
    path: file("sessions/s/~half"),
  },
  "an upload whose window is gone": {
    plant({ rows }) {
      const startedAt = Date.now() - 3_600_000;
      rows((database) => startUpload(database, uploadOf("u", { startedAt })));
    },
    kind: "upload-stuck",
    names: ["text.stc-u.txt"],
    path: () => undefined,
    detail: /^openai$/u,
  },
  "a session without a file context": {
    plant: ({ contextOf }) => rmSync(contextOf("s")),
    kind: "context-behind",
    names: ["Quarter"],
    path: file("sessions/s/file_context.json"),
  },
  "a file context that is older than its session": {
    plant: ({ sql }) => sql("update sessions set revision = revision + 1"),
    kind: "context-behind",
    names: ["Quarter"],
    path: file("sessions/s/file_context.json"),
  },
  "a file context that lost its end": {
    plant: ({ contextOf }) =>
      truncateSync(contextOf("s"), Math.floor(statSync(contextOf("s")).size / 2)),
    kind: "context-damaged",
    names: ["Quarter"],
    path: file("sessions/s/file_context.json"),
  },
  "a file context that holds no session": {
    plant: ({ contextOf }) =>
      writeFileSync(
        contextOf("s"),
        readFileSync(contextOf("s"), "utf8").replace('"fence"', '"fance"'),
      ),
    kind: "context-damaged",
    names: ["Quarter"],
    path: file("sessions/s/file_context.json"),
  },
  "a file context of a session that was deleted": {
    plant: ({ rows }) => rows((database) => deleteSession(database, "s")),
    kind: "context-unknown",
    names: ["Quarter"],
    path: file("sessions/s/file_context.json"),
  },
  "a file that others may read": {
    plant: ({ blobOf }) => chmodSync(blobOf("a.txt"), 0o644),
    kind: "permissions-wide",
    path: blob("a.txt"),
    detail: /^644$/u,
    skip: isWindows,
  },
  "a folder that others may look into": {
    plant: ({ folder }) => chmodSync(join(folder, "sessions"), 0o750),
    kind: "permissions-wide",
    path: file("sessions"),
    detail: /^750$/u,
    skip: isWindows,
  },
  "a store that others may look into": {
    plant: ({ folder }) => chmodSync(folder, 0o755),
    kind: "permissions-wide",
    path: file("."),
    skip: isWindows,
  },
  "a row that refers to nothing": {
    plant: ({ sql }) =>
      sql("update session_files set session_id = 'gone' where uri = 'file:///work/a.txt'"),
    kind: "database-damaged",
    path: file("registry.sqlite"),
    detail: /^a row of session_files refers to a row of sessions that is not there$/u,
  },
  "a text of a request with a flipped bit": {
    plant({ rows, sql }) {
      rows((database) => saveRequest(database, requestOf("a")));
      sql("update request_texts set text = x'60'");
    },
    kind: "database-damaged",
    names: ["Quarter"],
    path: file("registry.sqlite"),
    detail: /^ledger: 0 requests not as stored, 1 request with lost texts, 0 texts of no request$/u,
  },
  "a request that says something else": {
    plant({ rows, sql }) {
      rows((database) => saveRequest(database, requestOf("a")));
      sql("update requests set tokens = tokens + 1");
    },
    kind: "database-damaged",
    names: ["Quarter"],
    path: file("registry.sqlite"),
    detail: /^ledger: 1 request not as stored, /u,
  },
  "a text that no request needs": {
    plant: ({ sql }) => sql("insert into request_texts values (1, 'digest', x'60')"),
    kind: "database-damaged",
    path: file("registry.sqlite"),
    detail: /^ledger: .*, 1 text of no request$/u,
  },
  "an index that contradicts its table": {
    plant: ({ sql }) =>
      sql(`pragma writable_schema = on;
        update sqlite_schema set sql = replace(sql, '(owner, workspace, created_at)', '(owner, created_at, workspace)')
        where name = 'sessions_by_workspace'`),
    kind: "database-damaged",
    path: file("registry.sqlite"),
    detail: /missing from index sessions_by_workspace/u,
  },
};
