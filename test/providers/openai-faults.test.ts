import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it, mock } from "node:test";
import { inspect } from "node:util";
import { type ContextError, isAbort, isContextError } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { faults, json, key, refuse } from "./faults.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";

const never = new AbortController().signal;

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
        purpose: "user_data",
      },
      signal,
    ),
  list: (provider, signal) => provider.files.list(signal),
  get: (provider, signal) => provider.files.get("file-abc", signal),
  delete: (provider, signal) => provider.files.delete("file-abc", signal),
  models: (provider, signal) => provider.chat.models(signal),
  async chat(provider, signal) {
    const messages = [{ role: "user", content: "Hi" }] as const;
    for await (const event of provider.chat.chat({ model: "gpt-x", messages }, signal)) void event;
  },
};

describe("a fault becomes one error, after one request, and never tells the key", () => {
  for (const fault of faults) {
    for (const [name, operation] of Object.entries(operations)) {
      if (fault.except?.includes(name)) continue;
      it(`${fault.name} at ${name}`, async (test) => {
        const server = await startFaultyServer(test, fault.answer);
        const provider = createOpenAi({ baseUrl: server.url, key, account: "" });
        const error = await failure(operation(provider, never));
        assert.equal(error.code, fault.code, error.message);
        assert.match(error.message, fault.says);
        assert.equal(error.facts.status, fault.status);
        assert.equal(error.facts.retryAfter, fault.retryAfter);
        assert.equal(error.facts.provider, "OpenAI");
        assert.equal(error.facts.file, name === "upload" ? "sales.csv" : undefined);
        assert.equal(server.requests.length, 1);
      });
    }
  }

  it("a 404 for a model", async (test) => {
    const body = { message: "The model `gpt-x` does not exist", code: "model_not_found" };
    const server = await startFaultyServer(test, refuse(404, body));
    const error = await failure(run(server, "chat"));
    assert.equal(error.code, "provider-rejected");
    assert.equal(
      error.message,
      'OpenAI has no model "gpt-x" for this account: choose another model',
    );
  });

  it("a date to wait for", async (test) => {
    const date = new Date(Date.now() + 90_000).toUTCString();
    const server = await startFaultyServer(test, refuse(429, {}, { "retry-after": date }));
    const error = await failure(run(server, "list"));
    const { retryAfter = 0 } = error.facts;
    assert.ok(retryAfter > 80_000 && retryAfter <= 90_000, String(retryAfter));
  });

  it("a refused connection", async (test) => {
    const server = await startFaultyServer(test, () => {});
    await server.stop();
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "provider-unreachable");
    assert.equal(
      error.message,
      `OpenAI could not be reached at ${server.url}, because the connection was refused while sales.csv was sent: check the network and the base URL, then try again`,
    );
  });

  it("a name that is not found", async () => {
    const provider = createOpenAi({ baseUrl: "http://nowhere.invalid/v1", key, account: "" });
    const error = await failure(provider.files.list(never));
    assert.equal(error.code, "provider-unreachable");
    assert.match(error.message, /at http:\/\/nowhere\.invalid\/v1, because its name was not found/);
  });

  it("an upload that arrived cut", async (test) => {
    const server = await startFaultyServer(test, json('{"id":"file-1","bytes":0,"filename":"a"}'));
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "response-malformed");
    assert.match(error.message, /stored 0 bytes instead of 8 for sales\.csv/);
  });

  it("a list without end", async (test) => {
    const list = { data: [{ id: "file-1", filename: "a" }], has_more: true };
    const server = await startFaultyServer(test, json(JSON.stringify(list)));
    const error = await failure(run(server, "list"));
    assert.equal(error.code, "response-malformed");
    assert.equal(server.requests.length, 2);
  });
});

describe("a stream that goes wrong", () => {
  const hello = { choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: null }] };
  const chunk = `data: ${JSON.stringify(hello)}\n\n`;
  const cases: readonly (readonly [string, string, ContextError["code"], RegExp])[] = [
    ["ends without an end", chunk, "response-malformed", /an answer that breaks off/],
    ["stops before its end", `${chunk}data: [DONE]\n\n`, "response-malformed", /breaks off/],
    ["holds cut JSON", `${chunk}data: {"choi\n\n`, "response-malformed", /breaks off/],
    [
      "reports an overload",
      `${chunk}data: {"error":{"message":"Overloaded","type":"server_error"}}\n\n`,
      "provider-busy",
      /trouble of its own/,
    ],
    [
      "reports a refusal",
      `${chunk}data: {"error":{"message":"Too long for ${key}.","code":"context_length_exceeded"}}\n\n`,
      "provider-rejected",
      /there is no answer: Too long for \[key\]$/,
    ],
  ];
  for (const [name, body, code, says] of cases) {
    it(name, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
      });
      const error = await failure(run(server, "chat"));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
    });
  }
});

describe("a slow server", () => {
  const slow: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "never answers": () => {},
    "never ends its reply": (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"id":"file-1",');
    },
    "never ends its refusal": (response) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.write('{"error":');
    },
    "drips an answer": (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": still here\n\n");
    },
  };
  for (const [name, answer] of Object.entries(slow)) {
    for (const [operation, start] of Object.entries(operations)) {
      it(`that ${name} can be left at once (${operation})`, async (test) => {
        const server = await startFaultyServer(test, answer);
        const controller = new AbortController();
        const provider = createOpenAi({ baseUrl: server.url, key, account: "" });
        const running = start(provider, controller.signal);
        setTimeout(() => controller.abort(), 30);
        const begin = performance.now();
        await assert.rejects(running, (error) => isAbort(error) && safe(error));
        assert.ok(performance.now() - begin < 1100);
        assert.equal(server.requests.length, 1);
      });
    }
  }
});

it("nothing is printed, whatever the environment asks for", async (test) => {
  process.env["OPENAI_LOG"] = "debug";
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
    delete process.env["OPENAI_LOG"];
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
  const provider = createOpenAi({ baseUrl: server.url, key, account: "" });
  return operations[operation]?.(provider, never) ?? assert.fail(operation);
}
