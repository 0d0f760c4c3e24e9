import { openDatabase } from "../../../src/store/database.ts";
import { claimUpload } from "../../../src/store/uploads.ts";
import { claimRules, uploadOf } from "../samples.ts";

// Claims the same keys as its siblings, as fast as it can, and sends the names of those it got.
const [folder = "", keys = "0"] = process.argv.slice(2);
process.once("message", () => {
  const database = openDatabase(folder);
  const claimed = Array.from({ length: Number(keys) }, (_, key) => `key-${key}`).filter((key) => {
    const upload = uploadOf(`${process.pid}-${key}`, { contentId: key });
    return claimUpload(database, upload, 1, claimRules()).kind === "claimed";
  });
  database.close();
  process.send?.(claimed);
  process.disconnect();
});
process.send?.("ready");
