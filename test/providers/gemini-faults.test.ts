import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, mock, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { type ContextError, isAbort, isContextError } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createGemini } from "../../src/providers/gemini.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";
import { faults, json } from "./gemini-faults.ts";
import { key, upload } from "./gemini-request.ts";

const never = new AbortController().signal;
const patience = { between: 1, atMost: 1_000 };
const model = "gemini-x";
const messages = [{ role: "user", content: "Hi" }] as const;

interface Operation {
  readonly run: (provider: ProviderWith<"files" | "chat">, signal: AbortSignal) => Promise<unknown>;
  /** How many requests go well before the one that does not. */
  readonly stage: number;
  readonly file?: string;
}

const sending: Operation["run"] = (provider, signal) => provider.files.upload(upload(), signal);
const file = "sales.csv";

const operations: Readonly<Record<string, Operation>> = {
  start: { run: sending, stage: 0, file },
  piece: { run: sending, stage: 1, file },
  look: { run: sending, stage: 2, file },
  list: { run: (provider, signal) => provider.files.list(signal), stage: 0 },
  get: { run: (provider, signal) => provider.files.get("files/abc", signal), stage: 0 },
  delete: { run: (provider, signal) => provider.files.delete("files/abc", signal), stage: 0 },
  models: { run: (provider, signal) => provider.chat.models(signal), stage: 0 },
  count: {
    run: async (provider, signal) => provider.chat.countTokens?.({ model, messages }, signal),
    stage: 0,
  },
  chat: {
    async run(provider, signal) {
      for await (const event of provider.chat.chat({ model, messages }, signal)) void event;
    },
    stage: 0,
  },
};

describe("a fault becomes one error, after one request of each stage, and never tells the key", () => {
  for (const fault of faults) {
    for (const [name, operation] of Object.entries(operations)) {
      if (fault.except?.includes(name)) continue;
      it(`${fault.name} at ${name}`, async (t) => {
        const server = await staged(t, operation.stage, fault.answer);
        const error = await failure(run(server, operation));
        assert.equal(error.code, fault.code, error.message);
        assert.match(error.message, fault.says);
        assert.equal(error.facts.status, fault.status);
        assert.equal(error.facts.retryAfter, fault.retryAfter);
        assert.equal(error.facts.provider, "Google Gemini");
        assert.equal(error.facts.file, operation.file);
        assert.equal(server.requests.length, operation.stage + 1);
      });
    }
  }

  it("a refused connection", async (t) => {
    const server = await startFaultyServer(t, () => {});
    await server.stop();
    const error = await failure(run(server, operations["start"]));
    assert.equal(
      error.message,
      `Google Gemini could not be reached at ${server.url}, because the connection was refused while sales.csv was sent: check the network and the base URL, then try again`,
    );
  });

  it("an upload that arrived cut", async (t) => {
    const reply = { file: { name: "files/abc", sizeBytes: "0" } };
    const server = await staged(t, 1, json(JSON.stringify(reply)));
    const error = await failure(run(server, operations["piece"]));
    assert.equal(error.code, "response-malformed");
    assert.match(error.message, /stored 0 bytes instead of 21 for sales\.csv/);
  });

  it("an upload that ends before its last piece", async (t) => {
    const server = await staged(t, 1, json("{}"));
    const bytes = new Uint8Array(8_388_609);
    const { files } = createGemini({ baseUrl: server.url, key, account: "" });
    const error = await failure(files.upload(upload({ bytes }), never));
    assert.equal(error.code, "response-malformed");
    assert.match(error.message, /sent no word that the upload goes on/);
    assert.equal(server.requests.length, 2);
  });

  it("lists without end", async (t) => {
    const body = JSON.stringify({ files: [], models: [], nextPageToken: "again" });
    for (const name of ["list", "models"]) {
      const server = await startFaultyServer(t, json(body));
      const error = await failure(run(server, operations[name]));
      assert.equal(error.code, "response-malformed");
      assert.match(error.message, /a list that does not end/);
      assert.equal(server.requests.length, 2);
    }
  });
});

it("what a reply leaves out is left out, too", async (t) => {
  const server = await staged(t, 1, json('{"file":{"name":"files/abc","sizeBytes":"many"}}'));
  const { files } = createGemini({ baseUrl: server.url, key, account: "" });
  const stored = await files.upload(upload(), never);
  assert.deepEqual(stored, {
    id: "files/abc",
    name: upload().name,
    bytes: undefined,
    createdAt: undefined,
    expiresAt: undefined,
    contentId: undefined,
  });
});

describe("a slow server", () => {
  const slow: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "never answers": () => {},
    "never ends its reply": (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"name":"files/abc",');
    },
    "never ends its refusal": (response) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.write('{"error":');
    },
    "drips an answer": (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(': still here\n\ndata: {"candidates":[]}\n\n');
    },
  };
  for (const [name, answer] of Object.entries(slow)) {
    for (const [where, operation] of Object.entries(operations)) {
      it(`that ${name} can be left at once (${where})`, async (t) => {
        const server = await staged(t, operation.stage, answer);
        const isReached = (): boolean => server.requests.length > operation.stage;
        await left((signal) => run(server, operation, signal), isReached);
        assert.equal(server.requests.length, operation.stage + 1);
      });
    }
  }

  it("that does not take the bytes can be left at once", async (t) => {
    let isReached = false;
    const server = createServer((message, response) => {
      isReached = message.url?.endsWith("upload_id=1") === true;
      if (isReached) return;
      message.resume();
      sendAddress(response, message.headers.host ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { files } = createGemini({ baseUrl, key, account: "" });
    const bytes = new Uint8Array(24_000_000);
    await left(
      (signal) => files.upload(upload({ bytes }), signal),
      () => isReached,
    );
  });
});

it("nothing is printed", async (t) => {
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const spies = methods.map((method) => mock.method(console, method, () => {}));
  t.after(() => mock.restoreAll());
  const server = await startFaultyServer(t, json("{"));
  for (const operation of Object.values(operations)) await failure(run(server, operation));
  assert.deepEqual(
    spies.map((spy) => spy.mock.callCount()),
    [0, 0, 0, 0, 0],
  );
});

/** A server that does so many requests of an upload well, and then no more. */
function staged(
  t: TestContext,
  stage: number,
  answer: (response: ServerResponse) => void,
): Promise<FaultyServer> {
  let done = 0;
  return startFaultyServer(t, (response, { headers }) => {
    done += 1;
    if (done > stage) return answer(response);
    if (done === 1) return sendAddress(response, headers.host ?? "");
    json('{"file":{"name":"files/abc","state":"PROCESSING"}}')(response);
  });
}

function sendAddress(response: ServerResponse, host: string): void {
  const address = `http://${host}/upload/v1beta/files?upload_id=1`;
  response.writeHead(200, { "x-goog-upload-url": address, "x-goog-upload-status": "active" });
  response.end();
}

function run(
  server: FaultyServer,
  operation: Operation | undefined,
  signal: AbortSignal = never,
): Promise<unknown> {
  assert.ok(operation);
  const provider = createGemini({ baseUrl: server.url, key, account: "", patience });
  return operation.run(provider, signal);
}

/** Aborts what runs a moment after it is where it should be stopped. */
async function left(
  start: (signal: AbortSignal) => Promise<unknown>,
  isReached: () => boolean,
): Promise<void> {
  const controller = new AbortController();
  const running = start(controller.signal).catch((error: unknown) => error);
  while (!isReached()) await sleep(5);
  await sleep(30);
  controller.abort(new Error("a reason of the caller"));
  const begin = performance.now();
  const error = await running;
  assert.ok(isAbort(error) && safe(error), inspect(error));
  assert.ok(performance.now() - begin < 1_000);
}

/** The error of an operation, after a look through all of it for the key. */
async function failure(operation: Promise<unknown>): Promise<ContextError> {
  const error = await operation.then(
    (value) => assert.fail(`no error but ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(isContextError(error), inspect(error));
  assert.doesNotMatch(error.message, /\.$(?<!\.\.\.)|\n/);
  assert.ok(safe(error));
  return error;
}

/** Throws if the key, or most of it, can be found in an error. */
function safe(error: unknown): boolean {
  const parts = [
    inspect(error, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(error),
  ];
  for (let each = error; each instanceof Error; each = each.cause) parts.push(each.stack ?? "");
  assert.doesNotMatch(parts.join("\n"), /canary|3f9a7c51/i);
  return true;
}
