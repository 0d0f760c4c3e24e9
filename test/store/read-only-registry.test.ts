import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import * as fc from "fast-check";
import { isContextError } from "../../src/core/errors.ts";
import { createContextWriter } from "../../src/store/context-writer.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { content } from "../../src/store/known-contents.ts";
import { digests, findings, phases } from "../../src/store/phases.ts";
import { createRegistryMethods } from "../../src/store/registry-methods.ts";
import { addFiles } from "../../src/store/session-files.ts";
import { createSession, page, sessions, view } from "../../src/store/sessions.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { uploads } from "../../src/store/uploads.ts";
import { isWindows } from "./place.ts";
import { requestOf } from "./sample-requests.ts";
import { contentOf, idOf, newFile, sessionOf, uploadOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { deeds, doAll } from "./upkeep/random-use.ts";

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** The registry of a program without SQLite. */
function withoutSqlite(folder: string): Methods {
  return createRegistryMethods(folder, () => undefined, {
    sqlite: () => undefined,
  }) as unknown as Methods;
}

/** A store that was used and has its file contexts; and what its database says. */
function saved<T>(work: (database: Database) => T): { folder: string; result: T } {
  const folder = temporaryFolder();
  const database = openDatabase(folder);
  const result = work(database);
  createContextWriter(folder, () => database).flush();
  database.close();
  return { folder, result };
}

test("what can be seen is what the database says", () => {
  fc.assert(
    fc.property(deeds, (done) => {
      const { folder, result } = saved((database) => {
        doAll(database, done);
        return answersOf((method, ...args) => method(database, ...args));
      });
      const registry = withoutSqlite(folder);
      assert.deepEqual(
        answersOf((method, ...args) => registry[method.name]?.(...args)),
        result,
      );
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 15 },
  );
});

type Method = (database: Database, ...args: never[]) => unknown;

/** What is answered about every session, file and content. */
function answersOf(ask: (method: Method, ...args: never[]) => unknown): unknown {
  const call = (method: Method, ...args: readonly unknown[]): unknown =>
    ask(method, ...(args as never[]));
  const all = call(sessions, "file:///work") as ReturnType<typeof sessions>;
  return all.map((session) => {
    const seen = call(view, session.id) as ReturnType<typeof view>;
    const ids = seen?.files.map(({ file }) => file.contentId) ?? [];
    return [
      session,
      seen,
      [0, 1].map((from) => call(page, session.id, from, 2)),
      [phases, findings, snapshot].map((method) => call(method, session.id)),
      ids.map((id) => [call(content, id), call(uploads, { contentId: id })]),
      call(digests, ids),
    ];
  });
}

const changes: Record<string, readonly unknown[]> = {
  createSession: [sessionOf("t")],
  renameSession: ["s", "t"],
  deleteSession: ["s"],
  addFiles: [[newFile("s", "a.txt")]],
  changeFiles: [[{ id: "f", change: { pinned: true } }]],
  saveContents: [[contentOf("a")]],
  claimUpload: [uploadOf("u"), 1],
  saveFinding: [{}],
  addSnapshot: [{}],
  append: [[]],
  useCopies: [[], "send"],
  rebuild: [],
  saveRequest: [requestOf("a")],
  saveAnswer: ["a", [], undefined],
  forgetTexts: [1],
};

/** No file context tells what was sent: an answer would be taken for an empty ledger. */
const ledger: Record<string, readonly unknown[]> = {
  chain: ["a"],
  conversation: ["a"],
  requests: ["s", 1],
};

test("everything that changes something is refused, and says what can be done", () => {
  const { folder } = saved((database) => createSession(database, sessionOf("s")));
  const before = everyFile(folder);
  const registry = withoutSqlite(folder);
  for (const [method, args] of Object.entries({ ...changes, ...ledger })) {
    assert.throws(
      () => registry[method]?.(...args),
      {
        code: "store-read-only",
        message:
          /no built-in SQLite.*registry\.sqlite\. Nothing is lost, and what was saved can be seen; .*update VS Code, or Node\.js to 22\.13/u,
      },
      method,
    );
  }
  assert.deepEqual(everyFile(folder), before);
});

test("every method answers or refuses, and none is forgotten", () => {
  const { folder } = saved((database) => createSession(database, sessionOf("s")));
  const registry = withoutSqlite(folder);
  const usual = createRegistryMethods(folder, () => undefined);
  assert.deepEqual(Object.keys(registry).toSorted(), Object.keys(usual).toSorted());
  usual.close();
  for (const name of ["listen", "unlisten", "close"]) assert.equal(registry[name]?.(), undefined);
  assert.match(String(registry["whyReadOnly"]?.()), /no built-in SQLite/u);
});

function everyFile(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, "hex")]));
}

test("a store that was never used is empty, and is not made", () => {
  const folder = join(temporaryFolder(), "store");
  const registry = withoutSqlite(folder);
  assert.deepEqual(registry["sessions"]?.(""), []);
  assert.equal(registry["view"]?.("s"), undefined);
  assert.ok(!existsSync(folder));
});

const damages: Record<string, (file: string, t: TestContext) => void> = {
  "lost its end": (file) => writeFileSync(file, readFileSync(file).subarray(0, 300)),
  "has no bytes": (file) => writeFileSync(file, ""),
  "is of a later version": (file) => replaceIn(file, '"version": 1', '"version": 2'),
  "lacks a property": (file) => replaceIn(file, '"fence"', '"fance"'),
  "has a wrong content id": (file) => replaceIn(file, idOf("a.txt"), "no id"),
  "belongs to another session": (file) => replaceIn(file, '"id": "lost"', '"id": "other"'),
  "may not be read": (file, t) => {
    chmodSync(file, 0);
    t.after(() => chmodSync(file, 0o600));
  },
};

function replaceIn(file: string, text: string, other: string): void {
  const before = readFileSync(file, "utf8");
  assert.ok(before.includes(text));
  writeFileSync(file, before.replaceAll(text, other));
}

for (const [what, damage] of Object.entries(damages)) {
  const skip = what === "may not be read" && (isWindows || process.getuid?.() === 0);
  test(`a list of sessions never looks complete when a saved file ${what}`, { skip }, (t) => {
    const { folder } = twoSessions();
    const path = "sessions/lost/file_context.json";
    damage(join(folder, path), t);
    const registry = withoutSqlite(folder);
    const listed = registry["sessions"]?.("file:///work") as ReturnType<typeof sessions>;
    assert.deepEqual(
      listed.map(({ id, name }) => [id, name]),
      [
        ["kept", "kept"],
        ["lost", `Cannot be read: ${path}`],
      ],
    );
    assert.equal((registry["view"]?.("kept") as ReturnType<typeof view>)?.files.length, 1);
    for (const method of ["view", "snapshot"]) {
      assert.throws(() => registry[method]?.("lost"), namesTheFile);
    }
    assert.match(
      String(registry["whyReadOnly"]?.()),
      /\(except 1 session whose saved file cannot be read: sessions\/lost\/file_context\.json\)/u,
    );
  });
}

function namesTheFile(error: unknown): boolean {
  assert.ok(isContextError(error));
  assert.equal(error.code, "store-read-only");
  assert.match(error.message, /saved session sessions\/lost\/file_context\.json cannot be read/u);
  return true;
}

function twoSessions(): { folder: string } {
  return saved((database) => {
    for (const id of ["kept", "lost"]) {
      createSession(database, sessionOf(id));
      addFiles(database, [newFile(id, "a.txt")]);
    }
  });
}

test("a file context of another tool is no session of ours", () => {
  const { folder } = saved((database) => createSession(database, sessionOf("s")));
  writeFileSync(
    join(folder, "sessions", "s", "file_context.json"),
    '{"validated_files": {"a.csv": "a.csv"}, "session_id": "s"}',
  );
  assert.deepEqual(withoutSqlite(folder)["sessions"]?.("file:///work"), []);
});

test("a file context that is written anew is read anew", () => {
  const { folder } = saved((database) => createSession(database, sessionOf("s")));
  const registry = withoutSqlite(folder);
  const name = () => (registry["view"]?.("s") as ReturnType<typeof view>)?.session.name;
  assert.equal(name(), "s");
  replaceIn(join(folder, "sessions", "s", "file_context.json"), '"name": "s"', '"name": "Renamed"');
  assert.equal(name(), "Renamed");
});
