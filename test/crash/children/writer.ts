import { writeSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../../src/store/database.ts";
import { acknowledgement, announcement, withdrawal } from "../effects.ts";
import { blobsOf, optionsOf, type Manner } from "../manners.ts";
import { operations, shareSession, type Operation } from "../operations.ts";

// Works on a store until it is killed. It announces each operation, and acknowledges it after it has returned.
const [store = "", sources = "", name = "", manner = "careful"] = process.argv.slice(2);
const say = (line: string): unknown => writeSync(1, line);
say("opening\n");
const database = openDatabase(store, optionsOf(manner as Manner));
shareSession(database);
const blobs = blobsOf(manner as Manner, join(store, "blobs"));
const all = operations({ database, blobs, sources, name });
for (let done = false; ;) {
  const operation: Operation = all.next(done).value;
  say(announcement(operation.effect));
  if (manner === "hasty") say(acknowledgement);
  done = await operation.run();
  if (manner !== "hasty") say(done ? acknowledgement : withdrawal);
}
