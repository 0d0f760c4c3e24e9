import { openDatabase } from "../../../src/store/database.ts";
import { putContent } from "../../../src/store/known-contents.ts";

// Adds one to a counter, many times: read and write in one transaction, so no addition may be lost.
const [folder = "", times = "0", sqliteVersion = ""] = process.argv.slice(2);
const database = openDatabase(folder, sqliteVersion === "" ? {} : { sqliteVersion });
for (let time = 0; time < Number(times); time++) {
  database.write(() => {
    const row = database
      .prepare("select bytes from contents where owner = owner_id() and content_id = 'counter'")
      .get();
    const bytes = Number(row?.["bytes"] ?? 0) + 1;
    putContent(database, { contentId: "counter", bytes, mediaType: "x" });
  });
}
database.close();
