import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderFile } from "../../src/core/files/provider-file.ts";
import type { SentRequest } from "../../src/core/ports/request-log.ts";
import type { Session, SessionFile } from "../../src/core/session/session.ts";
import type { Blobs } from "../../src/store/blobs.ts";
import type { Database } from "../../src/store/database.ts";
import { saveAnswer, saveRequest } from "../../src/store/requests.ts";
import { addFiles, changeFiles, removeFiles } from "../../src/store/session-files.ts";
import { createSession, renameSession, view } from "../../src/store/sessions.ts";
import { createTurns } from "../../src/threads/turns.ts";
import { changeUpload, claimUpload } from "../../src/store/uploads.ts";
import { answeredBy, messageOf, nextOf, requestOf } from "../store/sample-requests.ts";
import { claimRules, idOf, newFile, sessionOf, uploadOf } from "../store/samples.ts";
import { fileKey, fileState, requestState, uploadState, whole, type Effect } from "./effects.ts";

/** One promise of the store: when `run` has returned, `effect` holds whatever happens next. */
export interface Operation {
  readonly effect: Effect;
  /** False if another writer was first, so that nothing was changed. */
  run(): boolean | Promise<boolean>;
}

/** What a writer works on. */
export interface Workplace {
  readonly database: Database;
  readonly blobs: Pick<Blobs, "keep">;
  /** A folder outside the store for the files that are to be kept. */
  readonly sources: string;
  /** The writer's own name: what it makes carries it, so no other writer touches it. */
  readonly name: string;
}

/** The workspace of all sessions that writers make. */
export const workspace: string = sessionOf("").workspace;

/** The session that all writers share; it takes part in no history. */
export const sharedSession: Session = sessionOf("shared");

/** Creates the shared session unless another writer has. */
export function shareSession(database: Database): void {
  try {
    createSession(database, sharedSession);
  } catch (error) {
    if (!view(database, sharedSession.id)) throw error;
  }
}

/** Every kind of change, again and again. The caller says by `next` whether the operation was done. */
export function* operations(place: Workplace): Generator<Operation, never, boolean> {
  yield makeSession(place);
  const files: SessionFile[] = [];
  for (let turn = 0; ; turn++) {
    const name = `${place.name}-${turn}`;
    yield* addThree(place, files, name);
    yield* changeTwo(place, files);
    yield* uploadOne(place, name);
    yield keepBlob(place);
    yield* sendTwo(place, name);
    yield claimShared(place, turn);
    yield nameSession(place, name);
    if (turn % 2 === 1) yield* removeOldest(place, files);
  }
}

type Operations = Generator<Operation, void, boolean>;

function makeSession({ database, name }: Workplace): Operation {
  return operation({ [`session ${name}`]: name }, () => createSession(database, sessionOf(name)));
}

function nameSession({ database, name }: Workplace, wanted: string): Operation {
  return operation({ [`session ${name}`]: wanted }, () => renameSession(database, name, wanted));
}

function* addThree({ database }: Workplace, files: SessionFile[], name: string): Operations {
  const added = ["a", "b", "c"].map((end) => newFile(sharedSession.id, `${name}-${end}.txt`));
  const states = added.map(({ uri, content: { contentId } }) => [
    fileKey(uri),
    fileState({ contentId, pinned: false, disk: "fresh", context: "out" }),
  ]);
  yield operation(Object.fromEntries(states) as Effect, () => {
    files.push(...addFiles(database, added));
  });
}

function* changeTwo({ database }: Workplace, files: SessionFile[]): Operations {
  const changed = files.splice(-2);
  const change = { pinned: true, context: "full", outReason: "long" } as const;
  const after = changed.map((file) => ({ ...file, ...change }));
  const done = yield operation(effectOf(after), () =>
    changeFiles(
      database,
      changed.map(({ id }) => ({ id, change })),
    ),
  );
  files.push(...(done ? after : changed));
}

function* removeOldest({ database }: Workplace, files: SessionFile[]): Operations {
  const removed = files.splice(0, 2);
  const effect = Object.fromEntries(removed.map(({ uri }) => [fileKey(uri), ""]));
  const ids = removed.map(({ id }) => id);
  const done = yield operation(effect, () => removeFiles(database, ids));
  if (!done) files.unshift(...removed);
}

function* uploadOne({ database }: Workplace, name: string): Operations {
  const upload = uploadOf(name, { contentId: idOf(name), state: "planned" });
  if (!(yield claim(database, upload))) return;
  const sending = { state: "sending", attempts: 1 } as const;
  const ready = { state: "ready", providerFileId: `file-${name}` } as const;
  for (const change of [sending, ready]) {
    yield operation({ [`upload ${name}`]: uploadState({ ...upload, ...change }) }, () =>
      changeUpload(database, name, change),
    );
  }
}

/** Several writers want to upload the same content: one may. */
function claimShared({ database, name }: Workplace, turn: number): Operation {
  const contentId = idOf(`shared-${turn}`);
  return claim(database, uploadOf(`${name}-shared-${turn}`, { contentId, state: "planned" }));
}

function claim(database: Database, upload: ProviderFile): Operation {
  return {
    effect: { [`upload ${upload.id}`]: uploadState(upload) },
    run: () => claimUpload(database, upload, 1, claimRules()).kind === "claimed",
  };
}

/** A conversation of two requests, which share a text with each other and with those of other writers. */
function* sendTwo({ database }: Workplace, name: string): Operations {
  const added = [messageOf("user", ["instructions", name])];
  const first = requestOf(`${name}-1`, { sessionId: sharedSession.id, added });
  if (!(yield saving(database, [], first))) return;
  const answered = answeredBy(first, `answer ${name}`);
  if (!(yield answering(database, answered))) return;
  const second = nextOf(answered, `${name}-2`, { added });
  yield saving(database, [answered], second);
}

function saving(
  database: Database,
  before: readonly SentRequest[],
  request: SentRequest,
): Operation {
  const effect = { [`request ${request.id}`]: requestState([...before, request]) };
  return operation(effect, () => saveRequest(database, request));
}

function answering(database: Database, request: SentRequest): Operation {
  const { id, answer, usage } = request;
  return operation({ [`request ${id}`]: requestState([request]) }, () =>
    saveAnswer(database, id, answer, usage),
  );
}

function keepBlob({ blobs, sources, name }: Workplace): Operation {
  const bytes = randomBytes(1 + Math.floor(Math.random() * 40_000));
  const contentId = idOf(bytes);
  return {
    effect: { [`blob ${contentId}`]: whole },
    async run() {
      const path = join(sources, name);
      writeFileSync(path, bytes);
      try {
        return await blobs.keep(contentId, { path, name }, { turns: createTurns() });
      } finally {
        rmSync(path, { force: true });
      }
    },
  };
}

function effectOf(files: readonly SessionFile[]): Effect {
  return Object.fromEntries(files.map((file) => [fileKey(file.uri), fileState(file)]));
}

function operation(effect: Effect, work: () => void): Operation {
  return {
    effect,
    run() {
      work();
      return true;
    },
  };
}
