import { writeSync } from "node:fs";
import { openDatabase } from "../../../src/store/database.ts";
import { addFiles } from "../../../src/store/session-files.ts";
import { newFile } from "../samples.ts";

// Adds files until it is killed, three in a transaction, and acknowledges each on its output once it is committed.
const [folder = "", name = ""] = process.argv.slice(2);
const database = openDatabase(folder);
for (let index = 0; ; index += 3) {
  const files = [0, 1, 2].map((offset) => newFile("s", `${name}-${index + offset}.txt`));
  addFiles(database, files);
  for (const { uri } of files) writeSync(1, `${uri}\n`);
}
