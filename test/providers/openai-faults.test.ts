import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import type { ContextError } from "../../src/core/errors.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { ask, describeFaults, failure, type Operation, uploadFor } from "./contract-faults.ts";
import { json, key, refuse } from "./faults.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";
import { openAiAt } from "./openai-own.ts";

const never = new AbortController().signal;
const messages = [{ role: "user", content: "Hi" }] as const;

const operations: Readonly<Record<string, Operation>> = {
  upload: uploadFor("user_data"),
  list: async ({ files }, signal) => files?.list(signal),
  get: async ({ files }, signal) => files?.get("file-abc", signal),
  delete: async ({ files }, signal) => files?.delete("file-abc", signal),
  models: async ({ chat }, signal) => chat?.models(signal),
  chat: ask,
};

describeFaults({
  name: "OpenAI",
  open: (baseUrl) => createOpenAi({ baseUrl, key, account: "" }),
  operations,
});

describe("at its own address", () => {
  const countTokens: Operation = async ({ chat }, signal) =>
    chat?.countTokens?.({ model: "gpt-x", messages }, signal);
  describeFaults({
    name: "OpenAI",
    open: (url) => openAiAt(url, key),
    operations: { ...operations, countTokens },
  });
});

function run(server: FaultyServer, operation: string): Promise<unknown> {
  const provider = createOpenAi({ baseUrl: server.url, key, account: "" });
  return operations[operation]?.(provider, never) ?? assert.fail(operation);
}

describe("a fault of its own kind", () => {
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

  it("a 404 for an address", async (test) => {
    const body = { message: "Invalid URL (POST /v2/chat/completions)" };
    const server = await startFaultyServer(test, refuse(404, body));
    const error = await failure(run(server, "chat"));
    assert.match(error.message, /so there is no answer: Invalid URL \(POST/);
  });

  it("a date to wait for", async (test) => {
    const date = new Date(Date.now() + 90_000).toUTCString();
    const server = await startFaultyServer(test, refuse(429, {}, { "retry-after": date }));
    const { retryAfter = 0 } = (await failure(run(server, "list"))).facts;
    assert.ok(retryAfter > 80_000 && retryAfter <= 90_000, String(retryAfter));
  });

  it("a word against trying again", async (test) => {
    const headers = { "x-should-retry": "false", "retry-after": "5" };
    const server = await startFaultyServer(test, refuse(503, { message: "Closed." }, headers));
    const error = await failure(run(server, "chat"));
    assert.equal(error.code, "provider-rejected");
    assert.equal(error.facts.retryAfter, undefined);
    assert.match(error.message, /there is no answer: Closed$/);
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

  for (const type of ["text/html", "application/octet-stream", undefined]) {
    it(`data that calls itself ${type ?? "nothing"}`, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, type === undefined ? {} : { "content-type": type });
        response.end('{"id":"file-1","bytes":8,"filename":"sales.csv","data":[]}');
      });
      for (const operation of ["upload", "list", "models", "chat"]) {
        assert.equal((await failure(run(server, operation))).code, "response-malformed");
      }
    });
  }

  it("sizes and times that are null are none", async (test) => {
    const nothing = { bytes: null, filename: null, created_at: null, expires_at: null };
    const server = await startFaultyServer(
      test,
      json(JSON.stringify({ id: "file-1", ...nothing, status_details: null })),
    );
    assert.deepEqual(await run(server, "upload"), {
      id: "file-1",
      name: "sales.stc-0123456789ab-cdef01.csv",
      bytes: undefined,
      createdAt: undefined,
      expiresAt: undefined,
    });
  });
});

describe("a stream that goes wrong", () => {
  const piece = (delta: object, reason: string | null = null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  const chunk = piece({ content: "Hello" });
  const cases: readonly (readonly [string, string, ContextError["code"], RegExp])[] = [
    ["ends without an end", chunk, "response-malformed", /an answer that breaks off/],
    ["stops before its end", `${chunk}data: [DONE]\n\n`, "response-malformed", /breaks off/],
    ["holds cut JSON", `${chunk}data: {"choi\n\n`, "response-malformed", /breaks off/],
    [
      "is too long",
      `${chunk}${piece({}, "length")}data: [DONE]\n\n`,
      "provider-rejected",
      /^OpenAI broke the answer off, because it reached the greatest length/,
    ],
    [
      "is filtered",
      `${chunk}${piece({}, "content_filter")}data: [DONE]\n\n`,
      "provider-rejected",
      /because its content filter objected/,
    ],
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

it("nothing of a broken stream is printed, whatever the environment asks for", async (test) => {
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
