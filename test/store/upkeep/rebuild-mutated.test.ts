import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isContextError } from "../../../src/core/errors.ts";
import type { SessionSnapshot } from "../../../src/core/session/snapshot.ts";
import { createContextWriter } from "../../../src/store/context-writer.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { addFiles } from "../../../src/store/session-files.ts";
import { createSession } from "../../../src/store/sessions.ts";
import { rebuildStore } from "../../../src/store/upkeep/rebuild.ts";
import { mutations, randomNumbers } from "../../crash/mutations.ts";
import { newFile, sessionOf } from "../samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { allSnapshots } from "./random-use.ts";
import { withStore } from "./used-store.ts";

const rounds = 60;

test(`${rounds} damaged databases are made anew from the file contexts, and kept`, () => {
  const { folder, snapshots } = storeOfThree();
  for (let seed = 0; seed < rounds; seed++) {
    const { copy, kind, bytes } = damaged(folder, seed);
    const isRefused = codeOf(copy) === "store-damaged";
    const report = rebuildStore(copy);
    assert.ok(report.isReplaced);
    // SQLite keeps no checksums: what it takes for sound may say something else than what was stored.
    const found = withStore(copy, allSnapshots);
    if (isRefused) assert.deepEqual(found, snapshots, `${kind}, seed ${seed}`);
    else assert.deepEqual(found.map(filesOf), snapshots.map(filesOf), `${kind}, seed ${seed}`);
    if (isRefused && bytes) {
      const kept = readFileSync(join(copy, report.oldDatabase ?? ""));
      assert.deepEqual(kept, bytes, `${kind}, seed ${seed}`);
    }
    rmSync(copy, { recursive: true });
  }
});

function filesOf({ session, files }: SessionSnapshot): unknown {
  return [session.id, files.length];
}

function storeOfThree(): { folder: string; snapshots: readonly SessionSnapshot[] } {
  const folder = temporaryFolder();
  const snapshots = withStore(folder, (database) => {
    for (const [createdAt, id] of ["a", "b", "c"].entries()) {
      createSession(database, sessionOf(id, { createdAt }));
      addFiles(
        database,
        Array.from({ length: 30 }, (_, index) => newFile(id, `${id}-${index}.txt`)),
      );
    }
    createContextWriter(folder, () => database).flush();
    return allSnapshots(database);
  });
  return { folder, snapshots };
}

interface Damaged {
  readonly copy: string;
  readonly kind: string;
  /** Undefined if the database is gone. */
  readonly bytes: Buffer | undefined;
}

/** A copy of the store with one damage, the same for the same seed. */
function damaged(folder: string, seed: number): Damaged {
  const random = randomNumbers(seed);
  const kinds = Object.keys(mutations);
  const kind = kinds[seed % kinds.length] ?? assert.fail();
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  const file = join(copy, "registry.sqlite");
  const bytes = mutations[kind]?.(readFileSync(file), random);
  if (bytes) writeFileSync(file, bytes);
  else rmSync(file);
  return { copy, kind, bytes };
}

/** The code of the error with which the store is refused; undefined if it is opened. */
function codeOf(folder: string): string | undefined {
  try {
    openDatabase(folder).close();
    return undefined;
  } catch (error) {
    assert.ok(isContextError(error), String(error));
    assert.ok(existsSync(folder));
    return error.code;
  }
}
