import { appendFileSync, mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../../../src/core/errors.ts";
import { sweepCopies } from "../../../src/core/files/expire.ts";
import { runOperation } from "../../../src/core/operations/run.ts";
import type { Copies } from "../../../src/core/ports/copies.ts";
import { createContentsMethods } from "../../../src/store/contents-methods.ts";
import { copyMethods } from "../../../src/store/copy-methods.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { append } from "../../../src/store/operations.ts";
import { addFiles } from "../../../src/store/session-files.ts";
import { createSession, renameSession } from "../../../src/store/sessions.ts";
import { sessionOf } from "../../store/samples.ts";

// Fills a small disk to the last byte while copies wait for their end, and lets them expire all the same.
const [folder = ""] = process.argv.slice(2);
const hour = 3_600_000;
const rule = { lifetime: hour, countFrom: "upload", trashTime: hour, maxBytes: 1e9 } as const;
let now = 1_800_000_000_000;
const clocks = { wall: () => now, uptime: () => now, host: "here" };

const store = join(folder, "store");
const database = openDatabase(store);
const contents = createContentsMethods(store);
const methods = copyMethods(() => ({ database, blobs: join(store, "blobs"), clocks }));
const copies = Object.fromEntries(
  Object.entries(methods).map(([name, method]) => [
    name,
    async (...args: unknown[]) => (method as (...all: unknown[]) => unknown)(...args),
  ]),
) as unknown as Copies;

createSession(database, sessionOf("s"));
mkdirSync(join(folder, "user"));
for (let index = 0; index < 8; index++) {
  const path = join(folder, "user", `${index}.txt`);
  writeFileSync(path, `${index}`.repeat(100_000));
  const { content } = await contents.take(pathToFileURL(path).href, 1e9);
  addFiles(database, [{ sessionId: "s", uri: pathToFileURL(path).href, content }]);
  await copies.useCopies([content.contentId], "upload");
}
await copies.mayExpire();
now += hour;
await sweep();
const trashed = (await copies.trash(rule)).length;

for (const size of [65_536, 4_096, 1]) {
  try {
    for (;;) appendFileSync(join(folder, "ballast"), Buffer.alloc(size, 1));
  } catch {
    // Full, at this size of a piece.
  }
}
const refused = attempt(() => renameSession(database, "s", "x".repeat(200_000)));
const before = free();
now += hour;
const problem = await sweep().then(() => "", messageOf);
const freed = free() - before;
const works = attempt(() => renameSession(database, "s", "y".repeat(1_000))) === "";
await sweep();
const left = (await copies.trash(rule)).length;
const sound = database.prepareForAll("pragma integrity_check").get()?.["integrity_check"] === "ok";
database.close();
console.log(JSON.stringify({ trashed, refused, freed, works, left, sound, problem }));

function sweep(): ReturnType<typeof sweepCopies> {
  return sweepCopies(
    {
      copies,
      contents,
      run: (subject, work) =>
        runOperation(
          { append: async (events) => append(database, events) },
          { subject, commandId: "sweep", now: () => now, newId: () => crypto.randomUUID() },
          work,
        ),
    },
    rule,
  );
}

function attempt(work: () => void): string {
  try {
    work();
    return "";
  } catch (error) {
    return messageOf(error);
  }
}

function free(): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
