import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it, mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { type ContextError, isAbort, isContextError } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createAnthropic } from "../../src/providers/anthropic.ts";
import { faults, key, refuse } from "./anthropic-faults.ts";
import { json } from "./faults.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";
import { errorBody } from "./servers/anthropic-wire.ts";

const never = new AbortController().signal;
const messages = [{ role: "user", content: "Hi" }] as const;
// A model that the SDK would print a warning about.
const model = "claude-sonnet-4-5";

type Operation = (
  provider: ProviderWith<"files" | "chat">,
  signal: AbortSignal,
) => Promise<unknown>;

const operations: Readonly<Record<string, Operation>> = {
  upload: (provider, signal) =>
    provider.files.upload(
      {
        name: "sales.stc-0123456789ab-cdef01.csv",
        contentId: "0".repeat(64),
        file: "sales.csv",
        mediaType: "text/csv",
        bytes: new TextEncoder().encode("a,b\n1,2\n"),
        purpose: "",
      },
      signal,
    ),
  list: (provider, signal) => provider.files.list(signal),
  get: (provider, signal) => provider.files.get("file_abc", signal),
  delete: (provider, signal) => provider.files.delete("file_abc", signal),
  models: (provider, signal) => provider.chat.models(signal),
  async count(provider, signal) {
    await provider.chat.countTokens?.({ model, messages }, signal);
  },
  async chat(provider, signal) {
    for await (const event of provider.chat.chat({ model, messages }, signal)) void event;
  },
};

describe("a fault becomes one error, after one request, and never tells the key", () => {
  for (const fault of faults) {
    for (const [name, operation] of Object.entries(operations)) {
      if (fault.except?.includes(name)) continue;
      it(`${fault.name} at ${name}`, async (test) => {
        const server = await startFaultyServer(test, fault.answer);
        const provider = createAnthropic({ baseUrl: server.url, key, account: "" });
        const error = await failure(operation(provider, never));
        assert.equal(error.code, fault.code, error.message);
        assert.match(error.message, fault.says);
        assert.equal(error.facts.status, fault.status);
        assert.equal(error.facts.retryAfter, fault.retryAfter);
        assert.equal(error.facts.provider, "Anthropic");
        assert.equal(error.facts.file, name === "upload" ? "sales.csv" : undefined);
        assert.equal(server.requests.length, 1);
      });
    }
  }

  for (const name of ["chat", "count"]) {
    it(`a 404 for a model at ${name}`, async (test) => {
      const server = await startFaultyServer(test, refuse(404, `model: ${model}`));
      const error = await failure(run(server, name));
      assert.equal(error.code, "provider-rejected");
      assert.match(error.message, /^Anthropic has no model "claude-sonnet-4-5" for this account/);
    });
  }

  it("a 404 of some other server is no word about an upload", async (test) => {
    const server = await startFaultyServer(test, (response) =>
      response.writeHead(404, { "content-type": "application/json" }).end('{"detail":"Not Found"}'),
    );
    const { chat } = createAnthropic({ baseUrl: server.url, key, account: "" });
    const source = { kind: "reference", id: "file_1" } as const;
    const files = [{ name: "a.md", mediaType: "text/markdown", source }];
    const asked = { model, messages: [{ role: "user", content: "Hi", files }] } as const;
    const first = chat.chat(asked, never)[Symbol.asyncIterator]().next();
    assert.equal((await failure(first)).code, "provider-rejected");
  });

  it("a date to wait for", async (test) => {
    const headers = { "retry-after": new Date(Date.now() + 90_000).toUTCString() };
    const server = await startFaultyServer(test, refuse(429, "Limit", { headers }));
    const { retryAfter = 0 } = (await failure(run(server, "list"))).facts;
    assert.ok(retryAfter > 80_000 && retryAfter <= 90_000, String(retryAfter));
  });

  it("a refused connection", async (test) => {
    const server = await startFaultyServer(test, () => {});
    await server.stop();
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "provider-unreachable");
    assert.match(error.message, /because the connection was refused while sales\.csv was sent/);
  });

  it("an upload that is reset while it is sent", async (test) => {
    const server = await startFaultyServer(test, (response) => response.destroy());
    const provider = createAnthropic({ baseUrl: server.url, key, account: "" });
    const bytes = new Uint8Array(5_000_000);
    const request = { name: "a.csv", contentId: "0".repeat(64), mediaType: "text/csv", bytes };
    const error = await failure(provider.files.upload({ ...request, purpose: "" }, never));
    assert.equal(error.code, "provider-unreachable");
  });

  it("an upload that arrived cut", async (test) => {
    const body = '{"type":"file","id":"file_1","size_bytes":0,"filename":"a"}';
    const server = await startFaultyServer(test, json(body));
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "response-malformed");
    assert.match(error.message, /stored 0 bytes instead of 8 for sales\.csv/);
  });

  for (const [name, list] of [
    ["list", { data: [{ id: "file_1", filename: "a" }], next_page: "again" }],
    ["models", { data: [{ id: "claude-x" }], has_more: true, last_id: "claude-x" }],
  ] as const) {
    it(`a list without end at ${name}`, async (test) => {
      const server = await startFaultyServer(test, json(JSON.stringify(list)));
      const error = await failure(run(server, name));
      assert.equal(error.code, "response-malformed");
      assert.equal(server.requests.length, 2);
    });
  }
});

describe("a stream that goes wrong", () => {
  const delta = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "A" } };
  const piece = eventOf("content_block_delta", delta);
  const refusal = (status: number, message: string, errorCode?: string): string =>
    piece + eventOf("error", errorBody(status, message, errorCode));
  const cases: readonly (readonly [string, string, ContextError["code"], RegExp])[] = [
    ["ends without an end", piece, "response-malformed", /an answer that breaks off/],
    [
      "holds cut JSON",
      `${piece}event: message_stop\ndata: {"ty\n\n`,
      "response-malformed",
      /breaks/,
    ],
    ["is overloaded", refusal(529, "Overloaded"), "provider-busy", /trouble of its own/],
    ["fails inside", refusal(500, "Internal server error"), "provider-busy", /trouble of its own/],
    ["takes too long", refusal(504, "Timeout"), "provider-busy", /trouble of its own/],
    ["is limited", refusal(429, "Limit"), "provider-busy", /trouble of its own/],
    ["has no money left", refusal(402, "No credit"), "quota-exceeded", /money/],
    ["is refused", refusal(400, `Too long for ${key}.`), "provider-rejected", /for \[key\]$/],
  ];
  for (const [name, body, code, says] of cases) {
    it(name, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
      });
      const error = await failure(run(server, "chat"));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
      assert.equal(server.requests.length, 1);
    });
  }
});

describe("a slow server", () => {
  const slow: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "never answers": () => {},
    "never ends its reply": (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"id":"file_1",');
    },
    "never ends its refusal": (response) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.write('{"error":');
    },
    "drips an answer": (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(eventOf("ping", { type: "ping" }));
    },
  };
  for (const [name, answer] of Object.entries(slow)) {
    for (const [operation, start] of Object.entries(operations)) {
      it(`that ${name} can be left at once (${operation})`, async (test) => {
        const server = await startFaultyServer(test, answer);
        const controller = new AbortController();
        const provider = createAnthropic({ baseUrl: server.url, key, account: "" });
        const running = start(provider, controller.signal);
        const left = assert.rejects(running, (error) => isAbort(error) && safe(error));
        while (server.requests.length === 0) await sleep(5);
        await sleep(30);
        controller.abort();
        const begin = performance.now();
        await left;
        assert.ok(performance.now() - begin < 1100);
        assert.equal(server.requests.length, 1);
      });
    }
  }
});

it("nothing is printed, whatever the environment asks for", async (test) => {
  process.env["ANTHROPIC_LOG"] = "debug";
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const spies = methods.map((method) => mock.method(console, method, () => {}));
  try {
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).end("data: {\n\n");
    });
    for (const operation of Object.keys(operations)) await failure(run(server, operation));
    assert.deepEqual(
      spies.map((spy) => spy.mock.callCount()),
      [0, 0, 0, 0, 0],
    );
  } finally {
    delete process.env["ANTHROPIC_LOG"];
    mock.restoreAll();
  }
});

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
  assert.doesNotMatch(parts.join("\n"), /canary|3f9a7c51/);
  return true;
}

function run(server: FaultyServer, operation: string): Promise<unknown> {
  const provider = createAnthropic({ baseUrl: server.url, key, account: "" });
  return operations[operation]?.(provider, never) ?? assert.fail(operation);
}

function eventOf(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
