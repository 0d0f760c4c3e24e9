import { openDatabase } from "../../../src/store/database.ts";
import { append } from "../../../src/store/operations.ts";
import { eventOf } from "../samples.ts";

// Begins an operation, says so, and waits to be killed.
const [folder = "", id = ""] = process.argv.slice(2);
append(openDatabase(folder), [eventOf(id)]);
process.send?.(process.pid);
setInterval(() => undefined, 60_000);
