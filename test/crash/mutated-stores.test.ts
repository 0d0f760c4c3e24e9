import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isContextError } from "../../src/core/errors.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { counts, patience } from "./counts.ts";
import { mutations, randomNumbers } from "./mutations.ts";
import { filesIn, makeSampleStore, textOf, type SampleStore } from "./sample-store.ts";

const [main, log, index] = [
  "registry.sqlite",
  "registry.sqlite-wal",
  "registry.sqlite-shm",
] as const;

/** Which file is damaged, and of which store. */
const places = [
  { store: "closed", file: main },
  { store: "crashed", file: main },
  { store: "crashed", file: log },
  { store: "crashed", file: index },
  { store: "quiet", file: log },
] as const;

/** What opening and reading a damaged store came to. Only what is wrong is not as it should be. */
type Outcome =
  /** Everything was read as it had been stored. */
  | "whole"
  /** It was refused with this code, and left as it was. */
  | `refused as ${string}`
  /** All files are there, and something that is said of one is not what was stored: SQLite keeps no checksums. */
  | "altered"
  /** The damaged log counts up to one of its commits: SQLite takes the rest for the traces of a crash. */
  | "shortened"
  | `wrong: ${string}`;

type Open = (folder: string) => Database;

test(
  `${counts.mutations} damaged stores are refused or read as they were`,
  { timeout: patience },
  (t) => {
    const sample = makeSampleStore();
    const tally = new Map<string, number>();
    for (let seed = 0; seed < counts.mutations; seed++) {
      const damaged = damagedStore(sample, seed);
      const outcome = outcomeOf(damaged, sample, openDatabase);
      assert.doesNotMatch(outcome, /^wrong/u, `seed ${seed}, ${damaged.what}: ${outcome}`);
      const key = `${damaged.place.file} of a ${damaged.place.store} store: ${outcome}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
    const lines = [...tally].map(([key, times]) => `${key} ${times} times`);
    for (const line of lines.toSorted((a, b) => a.localeCompare(b))) t.diagnostic(line);
  },
);

test("a damaged store that is taken for an empty one is caught", { timeout: patience }, () => {
  const sample = makeSampleStore();
  const recreating: Open = (folder) => {
    try {
      return openDatabase(folder);
    } catch {
      for (const name of [main, log, index]) rmSync(join(folder, name), { force: true });
      return openDatabase(folder);
    }
  };
  const outcomes = Array.from({ length: 40 }, (_, seed) =>
    outcomeOf(damagedStore(sample, seed), sample, recreating),
  );
  assert.match(outcomes.join("\n"), /^wrong/mu);
});

interface DamagedStore {
  readonly folder: string;
  readonly what: string;
  readonly place: (typeof places)[number];
  /** The bytes of its files, after the damage. */
  readonly bytes: ReadonlyMap<string, Buffer>;
}

/** A copy of the store with one damage, the same for the same seed. */
function damagedStore(sample: SampleStore, seed: number): DamagedStore {
  const random = randomNumbers(seed);
  const place = places[seed % places.length] ?? assert.fail();
  // A closed store without its file is none.
  const kinds = Object.keys(mutations).filter(
    (kind) => place.store !== "closed" || kind !== "no file",
  );
  const kind = kinds[Math.floor(random() * kinds.length)] ?? assert.fail();
  const folder = temporaryFolder();
  const bytes = new Map<string, Buffer>();
  for (const name of place.store === "closed" ? [main] : [main, log, index]) {
    const stored = readFileSync(join(sample[place.store], name));
    const found = name === place.file ? mutations[kind]?.(stored, random) : stored;
    if (!found) continue;
    bytes.set(name, found);
    writeFileSync(join(folder, name), found);
  }
  return { folder, place, bytes, what: `${kind} in ${place.file} of a ${place.store} store` };
}

function outcomeOf(damaged: DamagedStore, sample: SampleStore, open: Open): Outcome {
  const from = performance.now();
  const inode = inodeOf(damaged.folder);
  const outcome = readingOf(damaged, sample, open);
  const took = performance.now() - from;
  if (inodeOf(damaged.folder) !== inode) return "wrong: the database was replaced";
  if (outcome.startsWith("refused") && isChanged(damaged)) return "wrong: refused, and changed";
  rmSync(damaged.folder, { recursive: true });
  return took > 10_000 ? `wrong: took ${Math.round(took)} ms` : outcome;
}

function readingOf({ folder, place }: DamagedStore, sample: SampleStore, open: Open): Outcome {
  try {
    const database = open(folder);
    try {
      return judge(textOf(database), sample, place.file);
    } finally {
      database.close();
    }
  } catch (error) {
    return isContextError(error) ? `refused as ${error.code}` : `wrong: ${String(error)}`;
  }
}

function judge(text: string, { states }: SampleStore, file: string): Outcome {
  const stored = states.at(-1) ?? assert.fail();
  if (text === stored) return "whole";
  if (file === log && states.includes(text)) return "shortened";
  if (filesIn(text) === filesIn(stored)) return "altered";
  return "wrong: files are missing or are others, and no error was thrown";
}

function inodeOf(folder: string): bigint | undefined {
  return statSync(join(folder, main), { bigint: true, throwIfNoEntry: false })?.ino;
}

// The index is made anew from the log; it holds nothing of its own.
function isChanged({ folder, bytes }: DamagedStore): boolean {
  return [main, log].some((name) => {
    const path = join(folder, name);
    const before = bytes.get(name);
    return before ? !existsSync(path) || !readFileSync(path).equals(before) : existsSync(path);
  });
}
