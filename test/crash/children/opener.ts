import { writeSync } from "node:fs";
import { openDatabase } from "../../../src/store/database.ts";
import { optionsOf, type Manner } from "../manners.ts";

// Brings a store up to date, says so, and waits to be killed.
const [store = "", manner = "careful"] = process.argv.slice(2);
writeSync(1, "opening\n");
openDatabase(store, optionsOf(manner as Manner));
writeSync(1, "opened\n");
setInterval(() => undefined, 60_000);
