import { once } from "node:events";
import { openDatabase, type Database } from "../../../src/store/database.ts";
import { content, saveContents } from "../../../src/store/known-contents.ts";
import { addFiles } from "../../../src/store/session-files.ts";
import { newFile } from "../../store/samples.ts";
import { sharedSession } from "../operations.ts";

// Counts up in the shared store, and adds a file with every fourth operation; tells how long each took. A window that is
// `stale` reads the count before its transaction: a planted bug.
const [store = "", name = "", operations = "0", manner = ""] = process.argv.slice(2);
const counter = "counter";

function countUp(database: Database): void {
  const bytes = 1 + (content(database, counter)?.bytes ?? 0);
  saveContents(database, [{ contentId: counter, bytes, mediaType: "x" }]);
}

function operate(database: Database, index: number): void {
  if (index % 4 === 0) addFiles(database, [newFile(sharedSession.id, `${name}-${index}.txt`)]);
  else if (manner === "stale") countUp(database);
  else database.write(() => countUp(database));
}

const database = openDatabase(store);
process.send?.("ready");
await once(process, "message");
const times = Array.from({ length: Number(operations) }, (_, index) => {
  const from = performance.now();
  operate(database, index);
  return performance.now() - from;
});
database.close();
// A long message is on its way for a while, and is lost if the channel is closed before.
process.send?.(times, undefined, {}, () => process.disconnect());
