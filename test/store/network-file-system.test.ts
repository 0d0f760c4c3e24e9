import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openDatabase, type Database, type DatabaseOptions } from "../../src/store/database.ts";
import { content, saveContents } from "../../src/store/known-contents.ts";
import { isOnNetwork, type FileSystemFacts } from "../../src/store/network-file-system.ts";
import { contentOf, idOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const onNetwork: DatabaseOptions = { isOnNetwork: () => true };

function system(facts: Partial<FileSystemFacts>): FileSystemFacts {
  return { platform: "linux", typeOf: () => 0xef53, realPath: (folder) => folder, ...facts };
}

const linuxTypes: Record<string, readonly [type: number, isOnNetwork: boolean]> = {
  ext4: [0xef53, false],
  btrfs: [0x9123683e, false],
  xfs: [0x58465342, false],
  tmpfs: [0x01021994, false],
  overlayfs: [0x794c7630, false],
  zfs: [0x2fc12fc1, false],
  eCryptfs: [0xf15f, false],
  NFS: [0x6969, true],
  SMB: [0x517b, true],
  "SMB 3": [0xfe534d42, true],
  CIFS: [0xff534d42, true],
  "CIFS of a 32-bit system": [0xff534d42 - 2 ** 32, true],
  "9P": [0x01021997, true],
  sshfs: [0x65735546, true],
  AFS: [0x5346414f, true],
  Ceph: [0x00c36400, true],
  Lustre: [0x0bd00bd0, true],
  "a VirtualBox share": [0x786f4256, true],
};

for (const [name, [type, expected]] of Object.entries(linuxTypes)) {
  test(`on Linux ${name} is ${expected ? "" : "not "}a network`, () => {
    assert.equal(isOnNetwork("/home/ada", system({ typeOf: () => type })), expected);
  });
}

const windowsPaths: Record<string, readonly [realPath: string, isOnNetwork: boolean]> = {
  "C:\\Users\\ada": ["C:\\Users\\ada", false],
  "\\\\?\\C:\\Users\\ada": ["C:\\Users\\ada", false],
  "Z:\\ada": ["\\\\server\\share\\ada", true],
  "\\\\server\\share\\ada": ["\\\\server\\share\\ada", true],
  "//server/share/ada": ["\\\\server\\share\\ada", true],
  "\\\\?\\UNC\\server\\share": ["\\\\server\\share", true],
  "\\\\wsl.localhost\\Debian\\home": ["\\\\wsl.localhost\\Debian\\home", true],
};

for (const [path, [realPath, expected]] of Object.entries(windowsPaths)) {
  test(`on Windows ${path} is ${expected ? "" : "not "}on a network`, () => {
    const facts = system({ platform: "win32", realPath: () => realPath, typeOf: () => 0 });
    assert.equal(isOnNetwork(path, facts), expected);
  });
}

test("where the system does not tell, the answer is no", () => {
  const mac = system({ platform: "darwin", typeOf: () => 0x6969 });
  assert.equal(isOnNetwork("/Volumes/share", mac), false);
  const failing = (): never => {
    throw new Error("ENOENT");
  };
  assert.equal(isOnNetwork("/gone", system({ typeOf: failing })), false);
  const windows = system({ platform: "win32", realPath: failing });
  assert.equal(isOnNetwork("C:\\gone", windows), false);
});

test("this machine's folder for temporary files can be asked", () => {
  assert.equal(typeof isOnNetwork(temporaryFolder()), "boolean");
  assert.equal(isOnNetwork(join(temporaryFolder(), "gone")), false);
});

function open(t: TestContext, folder: string, options?: DatabaseOptions): Database {
  const database = openDatabase(folder, options);
  t.after(() => database.close());
  return database;
}

function modes(database: Database): readonly unknown[] {
  return ["journal_mode", "synchronous"].map(
    (name) => database.prepareForAll(`pragma ${name}`).get()?.[name],
  );
}

test("a store on a network works without a write-ahead log, durably", (t) => {
  const database = open(t, temporaryFolder(), onNetwork);
  assert.deepEqual(modes(database), ["delete", 3]);
  saveContents(database, [contentOf("a")]);
  assert.deepEqual(content(database, idOf("a")), contentOf("a"));
});

test("a store that comes to a network leaves its write-ahead log, with all that is in it", (t) => {
  const folder = temporaryFolder();
  const before = openDatabase(folder);
  saveContents(before, [contentOf("a")]);
  before.close();
  const database = open(t, folder, onNetwork);
  assert.deepEqual(modes(database), ["delete", 3]);
  assert.deepEqual(content(database, idOf("a")), contentOf("a"));
});

test("a write-ahead log that is in use on a network is named", { timeout: 60_000 }, (t) => {
  const folder = temporaryFolder();
  const database = open(t, folder);
  saveContents(database, [contentOf("a")]);
  assert.throws(() => openDatabase(folder, onNetwork), {
    code: "store-unavailable",
    message: /registry\.sqlite lies on a network drive.*close the other windows/u,
  });
  assert.deepEqual(modes(database), ["wal", 2]);
});

test("windows on a network wait for each other", { timeout: 60_000 }, async (t) => {
  const folder = temporaryFolder();
  openDatabase(folder, onNetwork).close();
  const count = new URL("./children/count.ts", import.meta.url);
  // They find the store without a write-ahead log, and leave it so.
  const children = [1, 2, 3].map(() => fork(count, [folder, "20"], { execArgv: [] }));
  t.after(() => children.forEach((child) => child.kill("SIGKILL")));
  await Promise.all(children.map((child) => once(child, "exit")));
  const database = open(t, folder, onNetwork);
  assert.equal(content(database, "counter")?.bytes, 60);
  assert.deepEqual(modes(database), ["delete", 3]);
});
