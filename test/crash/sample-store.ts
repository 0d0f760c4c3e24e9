import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionFile } from "../../src/core/session/session.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { saveContents } from "../../src/store/known-contents.ts";
import { changeFiles, restoreFiles } from "../../src/store/session-files.ts";
import { createSession, sessions, view } from "../../src/store/sessions.ts";
import { claimUpload } from "../../src/store/uploads.ts";
import { claimRules, contentOf, idOf, sessionOf, uploadOf } from "../store/samples.ts";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { workspace } from "./operations.ts";

/** A small store of a few sessions, the same in every run as far as SQLite allows. */
export interface SampleStore {
  /** Closed as usual: everything lies in the database. */
  readonly closed: string;
  /** As a crash leaves it: a part lies in the database, the rest in the write-ahead log. */
  readonly crashed: string;
  /** As a crash leaves it in a quiet moment: everything lies in the database, and a part in the log as well. */
  readonly quiet: string;
  /** What was read after each commit, the last one last. */
  readonly states: readonly string[];
}

/** Makes the store. */
export function makeSampleStore(): SampleStore {
  const [closed, crashed, quiet] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const database = openDatabase(closed);
  const states: string[] = [];
  for (const commit of commits(database)) {
    commit();
    states.push(textOf(database));
    if (states.length === 14) checkpoint(database, "truncate");
  }
  copy(closed, crashed);
  checkpoint(database, "passive");
  copy(closed, quiet);
  database.close();
  return { closed, crashed, quiet, states };
}

function checkpoint(database: Database, how: "passive" | "truncate"): void {
  database.prepareForAll(`pragma wal_checkpoint(${how})`).get();
}

function copy(from: string, to: string): void {
  for (const end of ["", "-wal", "-shm"]) {
    copyFileSync(join(from, `registry.sqlite${end}`), join(to, `registry.sqlite${end}`));
  }
}

/** Everything that the sessions of a store show. */
export function textOf(database: Database): string {
  const views = sessions(database, workspace).map(({ id }) => view(database, id));
  return JSON.stringify(views);
}

/** A text of `textOf` without what may change in a file's row: which files are there. */
export function filesIn(text: string): string {
  const views = JSON.parse(text) as readonly ReturnType<typeof view>[];
  const files = views.map((one) => [
    one?.session.id,
    one?.files.map(({ file }) => [file.id, file.uri, file.contentId]),
  ]);
  return JSON.stringify(files);
}

function* commits(database: Database): Generator<() => void> {
  for (const session of ["s0", "s1", "s2"]) {
    yield () => createSession(database, sessionOf(session, { name: `Session ${session}` }));
    for (let batch = 0; batch < 4; batch++) {
      const files = Array.from({ length: 10 }, (_, index) => fileOf(session, batch * 10 + index));
      const contentIds = files.map(({ uri }) => contentOf(uri));
      yield () => saveContents(database, contentIds);
      yield () => restoreFiles(database, files);
      const change = { pinned: true, context: "full", outReason: "because" } as const;
      yield () =>
        changeFiles(
          database,
          files.slice(0, 3).map(({ id }) => ({ id, change })),
        );
      const upload = uploadOf(`u-${session}-${batch}`, { contentId: files[0]?.contentId ?? "" });
      yield () => void claimUpload(database, upload, 1, claimRules());
    }
  }
}

function fileOf(sessionId: string, position: number): SessionFile {
  const uri = `${workspace}/${sessionId}/a-folder/file-${position}.txt`;
  return {
    id: `${sessionId}-${idOf(uri).slice(0, 32)}`,
    sessionId,
    uri,
    role: "file",
    pinned: false,
    evicted: false,
    contentId: idOf(uri),
    disk: "fresh",
    context: "out",
    position,
  };
}
