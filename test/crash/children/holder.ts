import { writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";

// Holds the store's write lock for a while, as a window in a long transaction.
const [store = "", ms = "0"] = process.argv.slice(2);
const database = new DatabaseSync(join(store, "registry.sqlite"), { timeout: 5000 });
database.exec("begin immediate");
writeSync(1, "holding\n");
await setTimeout(Number(ms));
database.exec("commit");
database.close();
