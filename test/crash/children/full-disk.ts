import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isContextError } from "../../../src/core/errors.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { view } from "../../../src/store/sessions.ts";
import type { History } from "../effects.ts";
import { blobsOf, optionsOf, type Manner } from "../manners.ts";
import { operations, sharedSession, shareSession } from "../operations.ts";
import { examine } from "../oracle.ts";

// Works on a store until its disk is full, goes on for a while, makes room, and works on with the same connection. Prints what it
// found. With the manner `deaf` it takes what was refused for done: a planted bug.
const [disk = "", sources = "", manner = "careful", ballastBytes = "0"] = process.argv.slice(2);
const [store, second] = [join(disk, "store"), join(disk, "second")];
const [ballast, filling] = [join(disk, "ballast"), join(disk, "filling")];
const troubles: string[] = [];
const database = openDatabase(store, optionsOf(manner as Manner));
shareSession(database);
writeFileSync(ballast, Buffer.alloc(Number(ballastBytes), 1));
const worker = startWork();

while (worker.refused() === 0) await worker.operate();
fill(filling);
for (let time = 0; time < 20; time++) await worker.operate();
if (!view(database, sharedSession.id)) troubles.push("a store on a full disk cannot be read");
judge(() => openDatabase(second).close());
rmSync(ballast);
rmSync(filling);

const refused = worker.refused();
openDatabase(second).close();
for (let time = 0; time < 20; time++) await worker.operate();
if (worker.refused() > refused) troubles.push("refused although there was room again");
database.close();
const names = readdirSync(disk, { recursive: true, encoding: "utf8" }).map((name) =>
  basename(name),
);
troubles.push(...names.filter((name) => name.startsWith("~")).map((name) => `left over: ${name}`));
troubles.push(...examine(store, [worker.history()]).troubles, ...examine(second, []).troubles);
process.stdout.write(JSON.stringify({ troubles, done: worker.history().acknowledged, refused }));

interface Worker {
  operate(): Promise<void>;
  refused(): number;
  history(): History;
}

function startWork(): Worker {
  const blobs = blobsOf(manner as Manner, join(store, "blobs"));
  const all = operations({ database, blobs, sources, name: "w" });
  const settled: Record<string, string> = {};
  let [done, acknowledged, refusals] = [false, 0, 0];
  return {
    async operate() {
      const operation = all.next(done).value;
      try {
        done = await operation.run();
        acknowledged++;
      } catch (error) {
        requireNamed(error);
        refusals++;
        done = manner === "deaf";
      }
      if (done) Object.assign(settled, operation.effect);
    },
    refused: () => refusals,
    history: () => ({ settled, acknowledged }),
  };
}

function judge(work: () => void): void {
  try {
    work();
    troubles.push("a new store found room on a full disk");
  } catch (error) {
    requireNamed(error);
  }
}

function requireNamed(error: unknown): void {
  const isNamed = isContextError(error) && error.code === "store-unavailable";
  if (isNamed && error.message.includes("the disk is full")) return;
  troubles.push(`instead of naming the full disk: ${String(error)}`);
}

/** Writes to a file until not one byte more fits on its disk. */
function fill(file: string): void {
  for (let bytes = 65_536; bytes >= 1; bytes /= 2) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes, 1), { flag: "a" });
    } catch {}
  }
}
