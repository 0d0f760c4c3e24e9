import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { LLMock } from "@copilotkit/aimock";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createCompatible } from "../../src/providers/compatible.ts";
import { type DemoServer, startDemoServer } from "../demo/server.ts";
import { describeProvider } from "./contract.ts";
import { ask, describeFaults, type Operation, uploadFor } from "./contract-faults.ts";
import { json, key, refuse } from "./faults.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { leadingTo, read } from "./openai-own.ts";

const signal = new AbortController().signal;
const name = "OpenAI-compatible server";
const question = { model: "demo-large", messages: [{ role: "user", content: "Hi" }] } as const;
const file: UploadRequest = {
  name: "report.stc-0123456789ab-cdef01.pdf",
  contentId: "0".repeat(64),
  file: "report.pdf",
  mediaType: "application/pdf",
  bytes: new TextEncoder().encode("%PDF-1.7"),
  purpose: "user_data",
};

function at(baseUrl: string, given?: string): ProviderWith<"files" | "chat"> {
  return createCompatible({ baseUrl, key: given, account: "" });
}

describeProvider("compatible", async () => {
  const server = await startDemoServer({ pace: 5 });
  return {
    provider: at(server.url),
    stored: async (id) => server.files.find((each) => each.id === id)?.bytes,
    hang: () => server.fail("hang"),
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: () => server.stop(),
  };
});

const operations: Readonly<Record<string, Operation>> = {
  upload: uploadFor("user_data"),
  list: async ({ files }, never) => files?.list(never),
  get: async ({ files }, never) => files?.get("file-abc", never),
  delete: async ({ files }, never) => files?.delete("file-abc", never),
  models: async ({ chat }, never) => chat?.models(never),
  chat: ask,
};

describeFaults({
  name,
  open: (url) => at(url, key),
  operations,
  except: {
    // A server without files, see below.
    "404": ["upload", "list"],
    "a refusal with 200": ["upload"],
    // The question whether there are files is answered.
    "an object without an id": ["upload"],
  },
});

describe("a server without files", () => {
  const answers = {
    "404": refuse(404, { message: "Not Found" }),
    "405": refuse(405, { message: "Method Not Allowed" }),
    "501": refuse(501, { message: "Not Implemented" }),
    "200 and an error, as LM Studio": json(
      '{"error":"Unexpected endpoint or method. (GET /v1/files)"}',
    ),
  } as const;
  for (const [answer, reply] of Object.entries(answers)) {
    it(`that answers with ${answer} is sent no file, and says so`, async (test) => {
      const server = await startFaultyServer(test, reply);
      await assert.rejects(at(server.url).files.upload(file, signal), {
        code: "provider-rejected",
        message: `The server at ${server.url} stores no files, so report.pdf was not uploaded: ask about files without uploading them, or choose another provider`,
        facts: { provider: name, file: "report.pdf" },
      });
      assert.deepEqual(
        server.requests.map(({ method, url }) => [method, url]),
        [["GET", "/v1/files?limit=1"]],
      );
    });
  }

  it("that knows lists but takes no uploads says so, too", async (test) => {
    const server = await startFaultyServer(test, (response, { method }) =>
      method === "GET" ? json('{"data":[]}')(response) : refuse(405, {})(response),
    );
    await assert.rejects(at(server.url).files.upload(file, signal), /stores no files/);
    assert.equal(server.requests.length, 2);
  });

  it("lists none, and misses none that it is asked for", async (test) => {
    const server = await startFaultyServer(test, refuse(404, { message: "Not Found" }));
    const { files } = at(server.url);
    await assert.rejects(files.list(signal), {
      code: "provider-rejected",
      message: /stores no files, so nothing was done/,
    });
    assert.equal(await files.get("file-1", signal), undefined);
    await files.delete("file-1", signal);
  });
});

describe("the key of a compatible server", () => {
  let server: DemoServer;
  before(async () => (server = await startDemoServer({ requireKey: key })));
  after(() => server.stop());

  it("is asked for if the server wants one, wherever it is", async () => {
    const message = `${name} asks for an API key, and none is set: run "Satchel: Set API Key"`;
    await assert.rejects(at(server.url).chat.models(signal), { code: "key-rejected", message });
    const far = createCompatible({
      baseUrl: "https://litellm.example/v1",
      account: "",
      fetch: leadingTo(server.url, "https://litellm.example/v1"),
    });
    await assert.rejects(far.chat.models(signal), { code: "key-rejected", message });
    assert.equal(server.requests.at(-1)?.headers["authorization"], undefined);
  });

  it("is sent as the word of its bearer, without any fact about this machine", async () => {
    await at(server.url, key).chat.models(signal);
    const { headers = {} } = server.requests.at(-1) ?? {};
    assert.equal(headers["authorization"], `Bearer ${key}`);
    assert.equal(headers["api-key"], undefined);
    assert.doesNotMatch(inspect(headers), /stainless|linux/i);
  });

  it("is missing before an address is set, and nothing is sent", async () => {
    await assert.rejects(at("", key).chat.models(signal), {
      code: "provider-rejected",
      message: `The base URL of ${name} is not a web address: correct it in the settings`,
    });
  });
});

describe("Azure OpenAI", () => {
  const day = 24 * 3_600_000;
  for (const host of ["my-resource.openai.azure.com", "my-resource.cognitiveservices.azure.com"]) {
    it(`at ${host} has its own header and purpose, and files that expire`, async (test) => {
      const server = await startDemoServer({ requireKey: key });
      test.after(() => server.stop());
      const baseUrl = `https://${host}/openai/v1`;
      const azure = createCompatible({
        baseUrl,
        key,
        account: "",
        fetch: leadingTo(server.url, baseUrl),
      });
      const [purpose] = azure.capabilities.files?.purposes ?? [];
      assert.equal(purpose?.name, "assistants");
      const request = { ...file, purpose: purpose.name };
      const forever = await azure.files.upload(request, signal);
      assert.equal(Number(forever.expiresAt) - Number(forever.createdAt), 30 * day);
      const short = await azure.files.upload({ ...request, lifetime: 2 * day }, signal);
      assert.equal(Number(short.expiresAt) - Number(short.createdAt), 2 * day);
      assert.deepEqual(
        new Set((await azure.files.list(signal)).map(({ id }) => id)),
        new Set([forever.id, short.id]),
      );
      assert.ok(server.requests.every((each) => each.headers["api-key"] === key));
      assert.ok(server.requests.every((each) => each.headers["authorization"] === undefined));
      assert.deepEqual(
        server.files.map((each) => each.purpose),
        ["assistants", "assistants"],
      );
    });
  }

  it("is not whoever calls itself so", async (test) => {
    const server = await startDemoServer();
    test.after(() => server.stop());
    for (const host of ["openai.azure.com.example.org", "notopenai.azure.com.evil.example"]) {
      const baseUrl = `https://${host}/openai/v1`;
      const other = createCompatible({
        baseUrl,
        key,
        account: "",
        fetch: leadingTo(server.url, baseUrl),
      });
      await other.chat.models(signal);
      assert.equal(server.requests.at(-1)?.headers["api-key"], undefined);
      assert.equal(other.capabilities.files?.purposes[0]?.name, "user_data");
    }
  });

  it("whose files that never expire are too many says so", async (test) => {
    const body = { code: "quotaExceeded", message: "The maximum is 500." };
    const server = await startFaultyServer(test, refuse(400, body));
    await assert.rejects(at(server.url).files.upload(file, signal), {
      code: "quota-exceeded",
      message: `The quota of the ${name} account is used up, so report.pdf was not uploaded (The maximum is 500): check its plan and billing at the provider`,
    });
  });
});

describe("an answer of a compatible server", () => {
  const stream = (...chunks: readonly object[]): string =>
    `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
  const choice = (delta: object, finish_reason: string | null = null): object => ({
    choices: [{ index: 0, delta, finish_reason }],
  });

  it("leaves thoughts out, and takes whole tool calls", async (test) => {
    const call = (id: string, name_: string): object => ({
      index: 0,
      id,
      type: "function",
      function: { name: name_, arguments: "{}" },
    });
    const body = stream(
      choice({ role: "assistant", content: "", reasoning_content: "hidden" }),
      choice({ reasoning: "hidden" }),
      choice({ content: "Hello" }),
      // Some servers number all calls with 0.
      choice({ tool_calls: [call("call_1", "one")] }),
      choice({ tool_calls: [call("call_2", "two")] }),
      choice({}, "tool_calls"),
      { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } },
    );
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
    });
    assert.deepEqual(await read(at(server.url).chat.chat(question, signal)), [
      { kind: "text", text: "Hello" },
      { kind: "tool-call", call: { id: "call_1", name: "one", input: "{}" } },
      { kind: "tool-call", call: { id: "call_2", name: "two", input: "{}" } },
      { kind: "usage", usage: { input: 9, output: 2, cached: 0 } },
    ]);
  });

  it("may fail with a number, inside of a stream, as at OpenRouter", async (test) => {
    const error = { code: 429, message: "Rate limited upstream", metadata: {} };
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(stream(choice({ content: "Hel" }), { error }));
    });
    await assert.rejects(read(at(server.url).chat.chat(question, signal)), {
      code: "provider-busy",
    });
  });

  it("comes from aimock, too", async (test) => {
    const mock = new LLMock({ port: 0 });
    test.after(() => mock.stop());
    mock.onMessage("Hi", { content: "Hello from others." });
    await mock.start();
    const provider = at(`${mock.url}/v1`);
    const events = await read(provider.chat.chat(question, signal));
    const text = events.map((event) => (event.kind === "text" ? event.text : "")).join("");
    assert.equal(text, "Hello from others.");
    const stored = await provider.files.upload(file, signal);
    assert.deepEqual(await provider.files.list(signal), [stored]);
  });
});
