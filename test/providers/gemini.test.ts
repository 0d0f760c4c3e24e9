import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createGemini } from "../../src/providers/gemini.ts";
import { describeProvider } from "./contract.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { key, upload } from "./gemini-request.ts";
import { type GeminiServer, startGeminiServer } from "./servers/gemini.ts";

const signal = new AbortController().signal;
const model = "gemini-2.5-flash";
const messages = [{ role: "user", content: "Hi" }] as const;

describeProvider("gemini", async () => {
  const server = await startGeminiServer({ pace: 5 });
  return {
    provider: createGemini({ baseUrl: server.url, account: "" }),
    stored: async (id) => server.files.find(({ name }) => name === id)?.bytes,
    hang: () => server.fail("hang"),
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: () => server.stop(),
    traits: { equalBytes: "one" },
  };
});

describe("the Gemini adapter", () => {
  let server: GeminiServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startGeminiServer({ key });
    provider = createGemini({ baseUrl: server.url, key, account: "0123456789abcdef" });
  });
  after(() => server.stop());

  it("tells its account, and that its models answer", () => {
    const account = { provider: "gemini", name: "Google Gemini", account: "0123456789abcdef" };
    assert.deepEqual(provider.account, { ...account, baseUrl: server.url });
    assert.equal(provider.capabilities.answers, true);
  });

  it("sends nothing but what the protocol asks for, and the key in one header", async () => {
    const file = await provider.files.upload(upload(), signal);
    await provider.files.get(file.id, signal);
    await provider.files.list(signal);
    await provider.chat.models(signal);
    await provider.chat.countTokens?.({ model, messages }, signal);
    await provider.files.delete(file.id, signal);
    const usual =
      "accept accept-encoding accept-language connection host sec-fetch-mode user-agent";
    const known = new Set(usual.split(" ").concat("content-length", "content-type"));
    for (const { method, path, query, headers, raw } of server.requests) {
      const own = Object.keys(headers).filter((name) => !known.has(name));
      const isSession = query.has("upload_id");
      const rest = own.filter((name) => !name.startsWith("x-goog-upload-"));
      assert.deepEqual(rest, isSession ? [] : ["x-goog-api-key"], `${method} ${path}`);
      const elsewhere = inspect([
        path,
        query,
        { ...headers, "x-goog-api-key": "" },
        raw.toString(),
      ]);
      assert.doesNotMatch(elsewhere, /canary/i);
    }
  });

  it("takes nothing from the environment", async () => {
    const hostile = {
      GEMINI_API_KEY: "AIza-environment",
      GOOGLE_API_KEY: "AIza-environment",
      GOOGLE_GEMINI_BASE_URL: "http://127.0.0.1:9",
      GOOGLE_GENAI_USE_VERTEXAI: "true",
    };
    Object.assign(process.env, hostile);
    try {
      await createGemini({ baseUrl: server.url, key, account: "" }).chat.models(signal);
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name];
    }
    assert.doesNotMatch(inspect(server.requests.at(-1)?.headers), /environment/);
  });

  it("reaches the same server by a base URL that names a version", async () => {
    for (const version of ["/v1", "/v1beta"]) {
      const baseUrl = server.url + version;
      const versioned = createGemini({ baseUrl, key, account: "" });
      assert.equal(versioned.account.baseUrl, baseUrl);
      assert.notEqual((await versioned.chat.models(signal)).length, 0);
    }
  });

  it("tells a wrong key by its reason, which is a 400 there", async () => {
    const other = createGemini({ baseUrl: server.url, key: `${key}x`, account: "" });
    await assert.rejects(other.files.list(signal), {
      code: "key-rejected",
      message:
        'Google Gemini rejected the API key: run "Satchel: Set API Key" and enter a valid one',
      facts: { provider: "Google Gemini", file: undefined, status: 400, retryAfter: undefined },
    });
    await assert.rejects(other.files.get("files/abc", signal), { code: "key-rejected" });
    await assert.rejects(other.files.delete("abc/def", signal), { code: "key-rejected" });
  });

  it("says so when the server wants a key and there is none", async () => {
    const keyless = createGemini({ baseUrl: server.url, account: "" });
    const message =
      'Google Gemini asks for an API key, and none is set: run "Satchel: Set API Key"';
    await assert.rejects(keyless.chat.models(signal), { code: "key-rejected", message });
    await assert.rejects(keyless.files.get("files/abc", signal), { code: "key-rejected", message });
    assert.equal(server.requests.at(-1)?.headers["x-goog-api-key"], undefined);
  });
});

test("models are those that chat, known ones first, with the limits that the API tells", async (t) => {
  const server = await startGeminiServer();
  t.after(() => server.stop());
  const models = await createGemini({ baseUrl: server.url, account: "" }).chat.models(signal);
  assert.deepEqual(
    models.map(({ id, name, maxInputTokens, maxOutputTokens, guessed }) => [
      id,
      name,
      maxInputTokens,
      maxOutputTokens,
      guessed,
    ]),
    [
      ["gemini-4-argon", "Gemini 4 Argon", 983_040, 1_048_576, false],
      ["gemini-3.8-flash", "Gemini 3.8 Flash", 1_048_576, 65_536, false],
      ["gemini-2.5-flash", "Gemini 2.5 Flash", 1_048_576, 65_536, false],
      ["gemini-9-neon", "Gemini 9 Neon", 2_097_152, 131_072, false],
    ],
  );
  const flash = models.find(({ id }) => id === "gemini-2.5-flash");
  assert.deepEqual(flash?.prices, { input: 0.3, cached: 0.03, output: 2.5 });
  assert.ok(flash.takes?.includes("application/pdf"));
});

test("models of several pages are read to the last, and those without limits are guessed", async (t) => {
  const pages: Readonly<Record<string, object>> = {
    "": { models: [listed("gemini-x", {})], nextPageToken: "a" },
    a: { nextPageToken: "b" },
    b: { models: [listed("gemini-y", { inputTokenLimit: 9, outputTokenLimit: 3 })] },
  };
  const server = await startFaultyServer(t, (response, { url = "" }) => {
    const token = new URL(url, "http://x").searchParams.get("pageToken") ?? "";
    response.end(JSON.stringify(pages[token]));
  });
  const models = await createGemini({ baseUrl: server.url, account: "" }).chat.models(signal);
  assert.deepEqual(
    models.map(({ id, maxInputTokens, guessed }) => [id, maxInputTokens, guessed]),
    [
      ["gemini-x", 32_768, true],
      ["gemini-y", 9, false],
    ],
  );
  assert.equal(server.requests.length, 3);
});

describe("the key stays where it belongs", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`a redirect with ${status} is not followed`, async (t) => {
      const other = await startFaultyServer(t, (response) => response.end("{}"));
      const server = await startFaultyServer(t, (response) => {
        response.writeHead(status, { location: `${other.url}/models` }).end();
      });
      const provider = createGemini({ baseUrl: server.url, key, account: "" });
      const refused = { code: "provider-rejected", message: /redirects to another address/ };
      await assert.rejects(provider.chat.models(signal), refused);
      await assert.rejects(provider.files.upload(upload(), signal), refused);
      assert.equal(server.requests.length, 2);
      assert.equal(other.requests.length, 0);
    });
  }

  for (const [baseUrl, given, code] of [
    ["https://generativelanguage.googleapis.com", undefined, "key-missing"],
    ["http://192.168.1.20:1234", undefined, "key-missing"],
    ["https://generativelanguage.googleapis.com", `${key}\n`, "key-rejected"],
    ["not an address", key, "provider-rejected"],
    ["", key, "provider-rejected"],
  ] as const) {
    it(`${code} without a request: ${JSON.stringify(baseUrl)}`, async (t) => {
      const spy = t.mock.method(globalThis, "fetch", () => assert.fail("a request was sent"));
      const { files, chat } = createGemini({ baseUrl, key: given, account: "" });
      const running = [
        chat.models(signal),
        chat.countTokens?.({ model, messages }, signal),
        chat.chat({ model, messages }, signal)[Symbol.asyncIterator]().next(),
        files.delete("..", signal),
        files.upload(upload(), signal),
      ];
      for (const each of running) await assert.rejects(async () => each, { code });
      assert.equal(spy.mock.callCount(), 0);
    });
  }
});

function listed(id: string, limits: object): object {
  const supportedGenerationMethods = ["generateContent"];
  return { name: `models/${id}`, supportedGenerationMethods, ...limits };
}
