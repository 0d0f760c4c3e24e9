import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openDatabase, type Database } from "../../../src/store/database.ts";
import { addFiles } from "../../../src/store/session-files.ts";
import { createContextWriter } from "../../../src/store/context-writer.ts";
import { rebuildStore } from "../../../src/store/upkeep/rebuild.ts";
import { isWindows } from "../place.ts";
import { newFile } from "../samples.ts";
import { keptStore } from "./kept-store.ts";
import { allSnapshots } from "./random-use.ts";

/** Every step after which the process may die, and whether the new store counts from then on. */
const steps: Record<string, boolean> = {
  locked: false,
  built: false,
  ready: true,
  moved: true,
  "moved-wal": true,
  "moved-shm": true,
  "moved-journal": true,
  replaced: true,
};

const allSteps = Object.keys(steps);

interface Broken {
  /** The steps after which its rebuild dies. */
  readonly dies: readonly string[];
  /** Makes a kept store what it is to be; may hold it open until the test ends. */
  readonly make: (folder: string, t: TestContext) => void;
  /** True if the old database can still be used. */
  readonly isUsable: boolean;
}

const broken: Record<string, Broken> = {
  "a store that nobody uses": {
    dies: ["built", "ready", "moved"],
    make: () => undefined,
    isUsable: true,
  },
  "a store that another window uses": {
    dies: allSteps,
    make(folder, t) {
      const database = openDatabase(folder);
      t.after(() => database.close());
      addFiles(database, [newFile("s", "late.txt")]);
      createContextWriter(folder, () => database).flush();
    },
    isUsable: true,
  },
  "a store with a damaged database": {
    dies: allSteps,
    make(folder) {
      const file = join(folder, "registry.sqlite");
      writeFileSync(file, readFileSync(file).fill(0xa7, 8192, 12_288));
    },
    isUsable: false,
  },
  "a store without its database": {
    dies: ["built", "ready"],
    make: (folder) => rmSync(join(folder, "registry.sqlite")),
    isUsable: false,
  },
};

for (const [what, { dies, make, isUsable }] of Object.entries(broken)) {
  test(
    `${what} is the old one or the new one, wherever its rebuild ends`,
    { timeout: 60_000, skip: isWindows },
    async (t) => {
      await Promise.all(
        dies.map(async (step) => {
          const isNew = steps[step] ?? assert.fail();
          const { folder } = keptStore(t);
          const before = snapshots(folder);
          make(folder, t);
          const made = isUsable ? snapshots(folder) : before;
          const bytes = bytesOf(folder);
          await killedAt(folder, step);
          if (isUsable || isNew) {
            assert.deepEqual(snapshots(folder), made, step);
          } else {
            assert.throws(() => snapshots(folder), { code: "store-damaged" }, step);
            assert.deepEqual(bytesOf(folder), bytes, step);
          }
          assert.ok(!existsSync(join(folder, "registry-rebuilt.sqlite")), step);
          if (isNew && bytes) assert.deepEqual(quarantinedBytes(folder), [bytes], step);
          rebuildStore(folder);
          assert.deepEqual(snapshots(folder), made, `${step}, and rebuilt again`);
        }),
      );
    },
  );
}

function snapshots(folder: string): unknown {
  const database = openDatabase(folder);
  try {
    return allSnapshots(database);
  } finally {
    database.close();
  }
}

/** The bytes of the database and of its write-ahead log; undefined if there is none. */
function bytesOf(folder: string): readonly Buffer[] | undefined {
  const file = join(folder, "registry.sqlite");
  return existsSync(file) ? withLog(file) : undefined;
}

function quarantinedBytes(folder: string): readonly (readonly Buffer[])[] {
  const quarantine = join(folder, "quarantine");
  const databases = readdirSync(quarantine).filter((name) => name.endsWith(".sqlite"));
  return databases.map((name) => withLog(join(quarantine, name)));
}

/** An empty log says nothing. */
function withLog(file: string): readonly Buffer[] {
  return [file, `${file}-wal`]
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path))
    .filter(({ length }) => length > 0);
}

const rebuild = new URL("./children/rebuild.ts", import.meta.url);

async function killedAt(folder: string, step: string): Promise<void> {
  const child = fork(rebuild, [folder, "1", step], { execArgv: [] });
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL", `the rebuild came to the step ${step}`);
}

for (const sqliteVersion of ["", "3.51.2"]) {
  const how = sqliteVersion === "" ? "with" : "without";
  const options = sqliteVersion === "" ? {} : { sqliteVersion };
  const open = (t: TestContext, folder: string, onCommit: () => void): Database => {
    const database = openDatabase(folder, { ...options, onCommit });
    t.after(() => database.close());
    return database;
  };

  test(
    `a window that has the old database open goes on with the new one, ${how} a write-ahead log`,
    { skip: isWindows },
    async (t) => {
      const { folder } = keptStore(t);
      let told = 0;
      const database = open(t, folder, () => told++);
      addFiles(database, [newFile("s", "early.txt")]);
      const version = database.dataVersion();
      await ended(fork(rebuild, [folder, "1", "", sqliteVersion], { execArgv: [] }));
      const old = quarantinedBytes(folder);
      told = 0;
      assert.notEqual(database.dataVersion(), version);
      assert.equal(told, 1, "who shows the store is told");
      addFiles(database, [newFile("s", "late.txt")]);
      database.close();
      assert.deepEqual(quarantinedBytes(folder), old, "nothing is written to the old one");
      const [session] = snapshots(folder) as ReturnType<typeof allSnapshots>;
      assert.deepEqual(
        session?.files.map(({ uri }) => uri.slice("file:///work/".length)),
        ["a.txt", "b.txt", "c.txt", "early.txt", "late.txt"],
      );
    },
  );

  test(
    `windows that write while the store is rebuilt lose nothing, ${how} a write-ahead log`,
    { timeout: 60_000, skip: isWindows },
    async (t) => {
      const { folder } = keptStore(t);
      if (sqliteVersion !== "") openDatabase(folder, options).close();
      const count = new URL("../children/count.ts", import.meta.url);
      const children = [
        ...Array.from({ length: 3 }, () =>
          fork(count, [folder, "60", sqliteVersion], { execArgv: [] }),
        ),
        ...Array.from({ length: 2 }, () =>
          fork(rebuild, [folder, "4", "", sqliteVersion], { execArgv: [] }),
        ),
      ];
      t.after(() => children.forEach((child) => child.kill("SIGKILL")));
      await Promise.all(children.map(ended));
      const database = open(t, folder, () => undefined);
      const row = database
        .prepare("select bytes from contents where owner = owner_id() and content_id = 'counter'")
        .get();
      assert.equal(row?.["bytes"], 3 * 60);
      assert.equal(quarantinedBytes(folder).length, 8);
    },
  );
}

async function ended(child: ReturnType<typeof fork>): Promise<void> {
  assert.deepEqual(await once(child, "exit"), [0, null]);
}
