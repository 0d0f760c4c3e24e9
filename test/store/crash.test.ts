import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../src/store/database.ts";
import { createSession, view } from "../../src/store/sessions.ts";
import { sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const rounds = 10;
const writers = 3;

test(
  `${rounds * writers} writers killed at any moment lose nothing that they acknowledged`,
  { timeout: 120_000 },
  async (t) => {
    const folder = temporaryFolder();
    const acknowledged: string[] = [];
    const database = openDatabase(folder);
    createSession(database, sessionOf("s"));
    database.close();
    for (let round = 0; round < rounds; round++) {
      const names = Array.from({ length: writers }, (_, writer) => `${round}-${writer}`);
      const written = await Promise.all(names.map((name) => killedWriter(folder, name)));
      acknowledged.push(...written.flat());
    }
    assert.ok(acknowledged.length > rounds * writers, "the writers did write");
    const stored = contentsByUri(folder);
    const lost = acknowledged.filter((uri) => !stored.has(uri));
    assert.deepEqual(lost, []);
    assert.deepEqual(troubles(folder), [{ integrity_check: "ok" }]);
    t.diagnostic(`${acknowledged.length} acknowledged, ${stored.size} stored`);
  },
);

/** Starts a writer, kills it some time after its first acknowledgement, and returns the URIs that it acknowledged. */
async function killedWriter(folder: string, name: string): Promise<readonly string[]> {
  const script = fileURLToPath(new URL("./children/add-files.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = collect(child);
  await once(child.stdout, "data");
  await setTimeout(Math.random() * 60);
  child.kill("SIGKILL");
  await once(child, "close");
  // The last line may be cut: it is not an acknowledgement.
  return output().split("\n").slice(0, -1);
}

function collect(child: ChildProcess): () => string {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}

function contentsByUri(folder: string): ReadonlySet<string> {
  const database = openDatabase(folder);
  try {
    const files = view(database, "s")?.files ?? [];
    assert.equal(new Set(files.map(({ file }) => file.position)).size, files.length);
    return new Set(files.map(({ file }) => file.uri));
  } finally {
    database.close();
  }
}

function troubles(folder: string): readonly Record<string, unknown>[] {
  assert.deepEqual(readdirSync(folder), ["registry.sqlite"]);
  const database = new DatabaseSync(join(folder, "registry.sqlite"));
  try {
    const foreign = database.prepare("pragma foreign_key_check").all();
    const integrity = database.prepare("pragma integrity_check").all();
    return structuredClone([...foreign, ...integrity]);
  } finally {
    database.close();
  }
}
