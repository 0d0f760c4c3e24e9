import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import type { Payload, Trace } from "../../src/headless/trace.ts";
import { type Count, openCount, remembering } from "../bench/exact-count.ts";
import { type Bill, billSession, costOf, priceLists, rate } from "../bench/session-cost/bill.ts";
import { policies } from "../bench/session-cost/policies.ts";
import { syntheticTrace } from "../bench/session-cost/trace-maker.ts";

const root = resolve(import.meta.dirname, "../..");
const main = join(root, "src/headless/main.ts");

let folder: string;
/** Where the replay may leave nothing behind. */
let temporary: string;
let env: NodeJS.ProcessEnv;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "satchel-headless-"));
  temporary = join(folder, "temporary");
  await mkdir(temporary);
  env = {
    ...process.env,
    TMPDIR: temporary,
    TEMP: temporary,
  };
});

after(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((ended) => {
    execFile(program, args, { cwd: root, env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      ended({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function save(trace: unknown): Promise<string> {
  const file = join(folder, "trace.json");
  await writeFile(file, typeof trace === "string" ? trace : JSON.stringify(trace));
  return file;
}

async function replayed(trace: Trace): Promise<readonly Payload[]> {
  const { code, stdout, stderr } = await run(process.execPath, [main, "replay", await save(trace)]);
  assert.equal(code, 0, stderr);
  return payloadsIn(stdout);
}

function payloadsIn(output: string): readonly Payload[] {
  assert.ok(output.endsWith("}\n"));
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Payload);
}

const small = { turns: 15, window: 128_000, files: 30, shortest: 20 };

for (const seed of [1, 2]) {
  test(`npm run replay prints the requests of session ${seed}: current, whole, and hardly ever dearer than those of others`, async () => {
    const trace = syntheticTrace(seed, small);
    const { code, stdout } = await run("npm", ["run", "-s", "replay", "--", await save(trace)]);
    assert.equal(code, 0);
    const payloads = payloadsIn(stdout);
    assert.equal(payloads.length, small.turns);
    const count = remembering(await openCount());
    const bill = billSession(trace, payloads, count);
    assert.equal(bill.stale, 0);
    assert.equal(bill.over, 0);
    assert.ok(rate(bill.history) >= 0.99);
    const others = await costsOfOthers(trace, count);
    for (const [name, cost] of others) {
      // In a session this short an epoch that pays by the rule may not have paid by its end.
      const most = name === "append-reset" ? 1.1 * cost : cost;
      assert.ok(costOfShown(bill) < most, `${name} costs ${cost}`);
    }
  });
}

async function costsOfOthers(trace: Trace, count: Count): Promise<readonly [string, number][]> {
  const costs: [string, number][] = [];
  for (const name of ["newest-first", "files-last", "append-reset"] as const) {
    const payloads = await policies[name](trace, count, priceLists.gpt);
    costs.push([name, costOfShown(billSession(trace, payloads, count))]);
  }
  return costs;
}

/** What the files that a session works with cost to show: leaving them out is no way to save. */
function costOfShown(bill: Bill): number {
  return costOf(bill, priceLists.gpt) / rate(bill.coverage);
}

const turn = { ask: "Why?", open: {}, answer: "So.", after: {} };
const empty = { name: "tiny", window: 10_000, base: {}, turns: [turn] };

test("files keep their names, whatever they are", async () => {
  const files = { "src/a b%20ü#?.ts": "let a;\n", constructor: "1\n", "deep/er/x": "no end" };
  const [payload] = await replayed({ ...empty, base: files });
  assert.deepEqual(
    payload?.files.map(({ path }) => path).toSorted(),
    Object.keys(files).toSorted(),
  );
  for (const file of payload?.files ?? []) {
    const [message, start, end] = file.full;
    const shown: string | undefined = payload?.messages[message]?.content.slice(start, end);
    assert.equal(shown, files[file.path as keyof typeof files]);
  }
});

test("files that are not there or empty stop nothing", async () => {
  const payloads = await replayed({
    ...empty,
    turns: [
      {
        ...turn,
        open: { "a.ts": "", "b.ts": null, "c.ts": "c\n" },
        after: { "c.ts": "", "d.ts": null },
      },
      { ...turn, ask: "And now?", open: { "c.ts": "" } },
    ],
  });
  assert.deepEqual(
    payloads.map(({ files }) => files.map(({ path }) => path)),
    [["c.ts"], []],
  );
});

const refused: Readonly<Record<string, readonly [trace: unknown, sentence: RegExp]>> = {
  "that is no JSON": ["{", /trace\.json is no trace: it is not JSON/u],
  "that is a list": [[], /is no trace: name is missing/u],
  "without a window": [{ ...empty, window: "8k" }, /window must be a number of tokens/u],
  "with half a turn": [{ ...empty, turns: [{ ask: "Why?" }] }, /turns\.0\.open is missing/u],
  "with a number for a text": [
    { ...empty, base: { "a.ts": 1 } },
    /base must be the texts of files/u,
  ],
  "with a base file that is not there": [
    { ...empty, base: { "a.ts": null } },
    /base must be texts/u,
  ],
  "with a path that leads out of the folder": [
    { ...empty, base: { "../x": "x" } },
    /base has the path "\.\.\/x", which leads out of the folder/u,
  ],
  "with a winding path that does": [
    { ...empty, turns: [{ ...turn, after: { "a/../../x": null } }] },
    /turns\.0\.after has the path "a\/\.\.\/\.\.\/x"/u,
  ],
  "with an absolute path": [
    { ...empty, turns: [{ ...turn, open: { "/etc/x": "x" } }] },
    /turns\.0\.open has the path "\/etc\/x"/u,
  ],
  "with a path of Windows": [{ ...empty, base: { "c:\\x": "x" } }, /has the path "c:\\\\x"/u],
};

for (const [what, [trace, sentence]] of Object.entries(refused)) {
  test(`a trace ${what} is refused with a sentence`, async () => {
    assertRefused(await run(process.execPath, [main, "replay", await save(trace)]), 2, sentence);
    await assertNothingLeft();
  });
}

test("a missing trace is refused with a sentence, and so is a call without one", async () => {
  const missing = join(folder, "none.json");
  assertRefused(
    await run(process.execPath, [main, "replay", missing]),
    2,
    /none\.json cannot be read/u,
  );
  assertRefused(await run(process.execPath, [main, "replay"]), 2, /^usage: /u);
  assertRefused(await run(process.execPath, [main, "play", missing]), 2, /^usage: /u);
});

function assertRefused({ code, stdout, stderr }: Ended, wanted: number, sentence: RegExp): void {
  assert.equal(code, wanted);
  assert.equal(stdout, "");
  assert.match(stderr, sentence);
  assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
}

async function assertNothingLeft(): Promise<void> {
  // npm keeps a cache of its own there.
  const left = (await readdir(temporary)).filter((name) => name.startsWith("satchel-"));
  assert.deepEqual(left, []);
}

test("a replay that fails leaves nothing behind", async () => {
  const file = await save({ ...empty, window: 100 });
  assertRefused(await run(process.execPath, [main, "replay", file]), 1, /window of 100 tokens/u);
  await assertNothingLeft();
});

test("nor does one whose reader leaves", async () => {
  const file = await save(syntheticTrace(3, small));
  const child = spawn(process.execPath, [main, "replay", file], { cwd: root, env });
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [code] = (await once(child, "close")) as [number | null];
  assert.equal(code, 0, said);
  assert.equal(said, "");
  await assertNothingLeft();
});
