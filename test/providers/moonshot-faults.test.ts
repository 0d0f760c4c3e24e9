import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ContextError } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatFile } from "../../src/core/ports/provider-chat.ts";
import { createMoonshot } from "../../src/providers/moonshot.ts";
import { ask, describeFaults, failure, type Operation, uploadFor } from "./contract-faults.ts";
import { json, key } from "./faults.ts";
import { startFaultyServer } from "./faulty-server.ts";

const signal = new AbortController().signal;
const question = { model: "kimi-k3", messages: [{ role: "user", content: "Hi" }] } as const;
// A text may be anything that a server can say, and says so itself.
const anyText = ["text"] as const;

const operations: Readonly<Record<string, Operation>> = {
  upload: uploadFor("file-extract"),
  list: async (provider, until) => provider.files?.list(until),
  get: async (provider, until) => provider.files?.get("file_abc", until),
  delete: async (provider, until) => provider.files?.delete("file_abc", until),
  text: async (provider, until) => provider.files?.text?.("file_abc", until),
  models: async (provider, until) => provider.chat?.models(until),
  count: async (provider, until) => provider.chat?.countTokens?.(question, until),
  chat: ask,
};

describeFaults({
  name: "Moonshot Kimi",
  open,
  operations,
  except: {
    "404": ["text", "count"],
    "an empty object": anyText,
    null: anyText,
    "no body at all": anyText,
    "cut JSON": anyText,
    "an object without an id": [...anyText, "count"],
  },
});

describe("Kimi's own words", () => {
  const wordOf = (status: number, type: string, message: string): readonly [number, string] => [
    status,
    JSON.stringify({ error: { message, type } }),
  ];
  const cases: readonly (readonly [
    what: string,
    operation: string,
    reply: readonly [status: number, body: string],
    code: ContextError["code"],
    says: RegExp,
  ])[] = [
    [
      "a key of the other world",
      "models",
      wordOf(401, "invalid_authentication_error", "Invalid Authentication"),
      "key-rejected",
      /^Moonshot Kimi rejected the API key: .*platform\.kimi\.com works only with the base URL https:\/\/api\.moonshot\.cn\/v1, .* https:\/\/api\.moonshot\.ai\/v1$/,
    ],
    [
      "no permission",
      "list",
      wordOf(403, "permission_denied_error", "The API you are accessing is not open"),
      "key-rejected",
      /does not let this API key do that \(The API you are accessing is not open\)/,
    ],
    [
      "no money",
      "upload",
      wordOf(429, "exceeded_current_quota_error", "Your account is suspended, check your plan"),
      "quota-exceeded",
      /^The Moonshot Kimi account has no money left or is suspended, so sales\.csv was not uploaded/,
    ],
    [
      "too many files",
      "upload",
      wordOf(400, "invalid_request_error", "You have uploaded too many files"),
      "quota-exceeded",
      /^Moonshot Kimi holds as many files of this organisation as it may, so sales\.csv was not uploaded/,
    ],
    [
      "overload",
      "chat",
      wordOf(429, "engine_overloaded_error", "The engine is currently overloaded"),
      "provider-busy",
      /^Moonshot Kimi is busy, so there is no answer: try again in a moment$/,
    ],
    [
      "too many requests",
      "get",
      wordOf(429, "rate_limit_reached_error", "max RPM: 3"),
      "provider-busy",
      /^Moonshot Kimi is busy/,
    ],
    [
      "a purpose that is unknown",
      "upload",
      wordOf(
        400,
        "invalid_request_error",
        "Invalid purpose: user_data, only `file-extract` accepted",
      ),
      "provider-rejected",
      /sales\.csv was not uploaded: Invalid purpose: user_data/,
    ],
    [
      "a file without text",
      "text",
      wordOf(400, "failed_precondition_error", "The file content is not available"),
      "provider-rejected",
      /^Moonshot Kimi has no text of this file \(The file content is not available\): only documents/,
    ],
    [
      "a file that is gone",
      "text",
      wordOf(404, "resource_not_found_error", "file file_abc not found"),
      "provider-file-gone",
      /^Moonshot Kimi has no file file_abc any more: upload it again$/,
    ],
    [
      "a model that is gone",
      "chat",
      wordOf(404, "resource_not_found_error", "Not found the model gpt-x or Permission denied"),
      "provider-rejected",
      /^Moonshot Kimi has no model "gpt-x" for this account: choose another model$/,
    ],
    [
      "a gateway that gave up",
      "chat",
      [504, "<html><head><title>504 Gateway Time-out</title></head></html>"],
      "provider-unreachable",
      /could not be reached at .* because a gateway on the way did not get through/,
    ],
    [
      "trouble",
      "chat",
      wordOf(500, "unexpected_output", "invalid state transition"),
      "provider-busy",
      /^Moonshot Kimi has trouble of its own/,
    ],
  ];
  for (const [what, operation, [status, body], code, says] of cases) {
    it(`${what} at ${operation}`, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        const type = body.startsWith("<") ? "text/html" : "application/json";
        response.writeHead(status, { "content-type": type }).end(body);
      });
      const run = operations[operation] ?? assert.fail(operation);
      const error = await failure(run(open(server.url), signal));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
      assert.equal(server.requests.length, 1);
    });
  }

  it("an image that is gone is named", async (test) => {
    const body = { message: "file file_gone not found", type: "resource_not_found_error" };
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: body }));
    });
    const image = (id: string, name: string): ChatFile => ({
      name,
      mediaType: "image/png",
      source: { kind: "reference", id },
    });
    const files = [image("file_here", "a.png"), image("file_gone", "b.png")];
    const messages = [{ role: "user", content: "Compare", files }] as const;
    const answer = open(server.url).chat.chat({ ...question, messages }, signal);
    const error = await failure(answer[Symbol.asyncIterator]().next());
    assert.equal(error.code, "provider-file-gone");
    assert.equal(
      error.message,
      "Moonshot Kimi no longer has b.png, so there is no answer: upload it again",
    );
  });
});

describe("lists of Kimi that do not end", () => {
  for (const [what, list] of [
    ["more without a token", { object: "list", data: [], has_more: true }],
    ["the same token again", { items: [], next_page_token: "again" }],
  ] as const) {
    it(what, async (test) => {
      const server = await startFaultyServer(test, json(JSON.stringify(list)));
      const error = await failure(open(server.url).files.list(signal));
      assert.equal(error.code, "response-malformed");
      assert.ok(server.requests.length <= 2);
    });
  }
});

describe("a stream of Kimi that goes wrong", () => {
  const hello = { choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: null }] };
  const chunk = `data: ${JSON.stringify(hello)}\n\n`;
  const cases: readonly (readonly [string, string, ContextError["code"]])[] = [
    ["ends without an end", chunk, "response-malformed"],
    ["holds cut JSON", `${chunk}data: {"choi\n\n`, "response-malformed"],
    [
      "reports an overload",
      `${chunk}data: {"error":{"message":"busy","type":"engine_overloaded_error"}}\n\n`,
      "provider-busy",
    ],
    [
      "reports that the money is gone",
      `${chunk}data: {"error":{"message":"no","type":"exceeded_current_quota_error"}}\n\n`,
      "quota-exceeded",
    ],
  ];
  for (const [what, body, code] of cases) {
    it(what, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
      });
      const error = await failure(ask(open(server.url), signal));
      assert.equal(error.code, code, error.message);
    });
  }
});

function open(url: string): ProviderWith<"files" | "chat"> {
  return createMoonshot({ baseUrl: url, key, account: "" });
}
