import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { openDatabase } from "../../src/store/database.ts";
import { addFiles } from "../../src/store/session-files.ts";
import { createSession } from "../../src/store/sessions.ts";
import { uploads } from "../../src/store/uploads.ts";
import { contentOf, sessionOf } from "../store/samples.ts";
import { temporaryFolder } from "../store/temporary-folder.ts";
import { uploadTroubles, type UploadRecord } from "./exactly-once-oracle.ts";
import { randomNumbers } from "./mutations.ts";
import { databaseTroubles, discard } from "./oracle.ts";
import { start, type Child } from "./process.ts";
import { startUploadServer, type UploadServer, type Weather } from "./upload-server.ts";
import type { UploaderOrder, UploadTimes } from "./uploader-order.ts";

export interface Round {
  readonly seed: number;
  /** Different contents; there are half as many files again, whose bytes are equal to others'. */
  readonly contents: number;
  readonly windows: number;
  readonly kills: number;
  readonly rules: UploadTimes;
  readonly weather: Omit<Weather, "random">;
  readonly manner?: UploaderOrder["manner"];
}

export interface RoundResult {
  readonly troubles: readonly string[];
  readonly kills: number;
  /** Requests to upload, of which some were made to fail, and what made the server hold equal bytes twice for a while. */
  readonly counts: UploadServer["counts"];
  readonly faults: ReadonlyMap<string, number>;
  /** Files that were acknowledged, all windows together. */
  readonly acknowledged: number;
  /** Files that the server has deleted. */
  readonly deleted: number;
}

/** Windows upload a session to a server in bad weather and are killed, until each file was acknowledged. Then it clears up, and all is settled. */
export async function playRound(round: Round): Promise<RoundResult> {
  const random = randomNumbers(round.seed);
  const folder = temporaryFolder(existsSync("/dev/shm") ? "/dev/shm" : undefined);
  const store = join(folder, "store");
  const files = makeSession(folder, store, round);
  const server = await startUploadServer({ ...round.weather, random });
  const foreign = [
    server.place("report.pdf", "of another tool"),
    server.place("file-0.txt", textOf(0)),
    server.place("file-1.stc-0123456789ab-abcdef.txt", textOf(1)),
  ];
  const { rules, manner = "careful" } = round;
  const order: Omit<UploaderOrder, "seed" | "task"> = {
    store,
    sessionId,
    url: server.url,
    rules,
    manner,
  };
  try {
    const lives = await killWindows(order, { ...round, random, files });
    await server.calm();
    await settled({ ...order, seed: round.seed, task: "settle" });
    const { did, kills } = lives;
    const acknowledged = new Set(did.values());
    const { held, counts, faults, deleted } = server;
    const evidence = { held, records: readyRecords(store), acknowledged, foreign };
    const troubles = [...uploadTroubles(evidence), ...databaseTroubles(store)];
    const { length } = deleted;
    return { troubles, kills, counts, faults, acknowledged: lives.lines, deleted: length };
  } finally {
    await server.stop();
    discard(folder);
  }
}

const sessionId = "session";
const script = new URL("./children/uploader.ts", import.meta.url);

function textOf(index: number): string {
  return `content ${index}\n`.repeat(1 + (index % 7) * 60);
}

/** Makes the files and their session. Returns how many there are. */
function makeSession(folder: string, store: string, { contents }: Round): number {
  const database = openDatabase(store);
  createSession(database, sessionOf(sessionId));
  mkdirSync(join(folder, "files"));
  const files = Array.from({ length: Math.ceil(contents * 1.5) }, (_, index) => {
    const text = textOf(index % contents);
    const path = join(folder, "files", `file-${index}.txt`);
    writeFileSync(path, text);
    return { sessionId, uri: pathToFileURL(path).href, content: contentOf(text) };
  });
  addFiles(database, files);
  database.close();
  return files.length;
}

interface Lives {
  /** The content ids of the files that were acknowledged, by the ids of the files. */
  readonly did: Map<string, string>;
  kills: number;
  lines: number;
}

interface Killing extends Pick<Round, "windows" | "kills" | "seed"> {
  readonly random: () => number;
  readonly files: number;
}

/** Starts windows and kills them, again and again, until there were enough kills and each file was acknowledged. */
async function killWindows(
  order: Omit<UploaderOrder, "seed" | "task">,
  { windows, kills, seed, random, files }: Killing,
): Promise<Lives> {
  const lives: Lives = { did: new Map(), kills: 0, lines: 0 };
  const giveUpAt = Date.now() + 120_000;
  let started = 0;
  const place = async (): Promise<void> => {
    while (lives.kills + windows <= kills || lives.did.size < files) {
      if (Date.now() > giveUpAt) throw new Error(`only ${lives.did.size} of ${files} are uploaded`);
      const own = { ...order, seed: seed * 1000 + started++, task: "upload" };
      const child = start(script, [JSON.stringify(own)]);
      // Some do not live to see their session.
      if (random() < 0.9) await child.said("ready\n");
      await pause(random() * longestLifeMs);
      await child.kill();
      take(child, lives);
    }
  };
  await Promise.all(Array.from({ length: windows }, place));
  return lives;
}

const longestLifeMs = 3_000;

function take(child: Child, lives: Lives): void {
  lives.kills++;
  for (const [id = "", contentId = ""] of acknowledgements(child)) {
    lives.did.set(id, contentId);
    lives.lines++;
  }
}

/** The words of each line that acknowledges a file. The last line may be cut. */
function acknowledgements(child: Child): readonly (readonly string[])[] {
  const lines = child.output().split("\n").slice(0, -1);
  return lines.filter((line) => line.startsWith("did ")).map((line) => line.split(" ").slice(1));
}

async function settled(order: UploaderOrder): Promise<void> {
  const settler = start(script, [JSON.stringify(order)]);
  const late = pause(60_000, "late", { ref: false });
  if ((await Promise.race([settler.ended(), late])) !== "late") return;
  await settler.kill();
  throw new Error("after a minute of sweeps uploads are still open");
}

function readyRecords(store: string): readonly UploadRecord[] {
  const database = openDatabase(store);
  try {
    return uploads(database, {})
      .filter(({ state }) => state === "ready")
      .map(({ id, contentId, providerFileId }) => ({
        contentId,
        remoteId: providerFileId,
        uploadId: id,
      }));
  } finally {
    database.close();
  }
}
