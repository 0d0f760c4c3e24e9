import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, describe, it, mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent } from "../../src/core/ports/provider-chat.ts";
import { createAnthropic } from "../../src/providers/anthropic.ts";
import { describeProvider } from "./contract.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { type AnthropicServer, startAnthropicServer } from "./servers/anthropic.ts";

const key = "sk-ant-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;
const messages = [{ role: "user", content: "Hello?" }] as const;
const model = "claude-sonnet-5-5";

describeProvider("anthropic", async () => {
  const server = await startAnthropicServer({ pace: 5 });
  return {
    provider: createAnthropic({ baseUrl: server.url, account: "" }),
    stored: async (id) => server.files.find((file) => file.id === id)?.bytes,
    hang: () => server.hang(),
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: () => server.stop(),
    traits: { names: "tag" },
  };
});

describe("the Anthropic adapter", () => {
  let server: AnthropicServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startAnthropicServer({ requireKey: key });
    provider = createAnthropic({ baseUrl: server.url, key, account: "0123456789abcdef" });
  });
  after(() => server.stop());

  it("tells its account, and that its models answer", () => {
    const account = { provider: "anthropic", name: "Anthropic", account: "0123456789abcdef" };
    assert.deepEqual(provider.account, { ...account, baseUrl: server.url });
    assert.equal(provider.capabilities.answers, true);
  });

  it("takes the limits of models from the service, and the rest from the catalog", async () => {
    const [opus, , haiku, unknown] = await provider.chat.models(signal);
    const takes = ["application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"];
    assert.deepEqual(opus, {
      id: "claude-opus-5-5",
      name: "Claude Opus 5.5",
      maxInputTokens: 872_000,
      maxOutputTokens: 128_000,
      guessed: false,
      prices: { input: 4, cached: 0.2, cacheWrite: 5, output: 20 },
      takes,
    });
    assert.equal(haiku?.name, "Claude Haiku 4.5 (20251001)");
    assert.equal(haiku?.maxInputTokens, 136_000);
    assert.deepEqual(unknown, {
      id: "claude-new-9",
      name: "Claude New 9",
      maxInputTokens: 1_744_000,
      maxOutputTokens: 256_000,
      guessed: false,
      takes,
    });
  });

  it("sends no facts about this machine, and takes nothing from the environment", async () => {
    const hostile = {
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
      ANTHROPIC_API_KEY: "sk-environment",
      ANTHROPIC_AUTH_TOKEN: "sk-environment",
      ANTHROPIC_CUSTOM_HEADERS:
        "x-api-key: sk-environment\nanthropic-version: environment\nx-leak: environment",
      ANTHROPIC_OPEN_TELEMETRY: "true",
      ANTHROPIC_PROFILE: "environment",
    };
    Object.assign(process.env, hostile);
    try {
      await createAnthropic({ baseUrl: server.url, key, account: "" }).chat.models(signal);
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name];
    }
    const headers = server.requests.at(-1)?.headers ?? {};
    assert.equal(headers["x-api-key"], key);
    assert.equal(headers["authorization"], undefined);
    assert.doesNotMatch(inspect(headers), /environment|stainless|linux/i);
  });

  it("takes an address that ends in the version for the same", async () => {
    const baseUrl = `${server.url}/v1`;
    const other = createAnthropic({ baseUrl, key, account: "" });
    assert.equal((await other.chat.models(signal)).length, 4);
    assert.equal(other.account.baseUrl, baseUrl);
  });

  it("sends no key where there is none, and says so when the server wants one", async () => {
    const keyless = createAnthropic({ baseUrl: server.url, account: "" });
    await assert.rejects(keyless.chat.models(signal), {
      code: "key-rejected",
      message: 'Anthropic asks for an API key, and none is set: run "Satchel: Set API Key"',
    });
    assert.equal(server.requests.at(-1)?.headers["x-api-key"], undefined);
  });
});

describe("the key stays where it belongs", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`a redirect with ${status} is not followed`, async (test) => {
      const other = await startFaultyServer(test, (response) => json(response, { data: [] }));
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(status, { location: `${other.url}/models` }).end();
      });
      const provider = createAnthropic({ baseUrl: server.url, key, account: "" });
      await assert.rejects(provider.chat.models(signal), { code: "provider-rejected" });
      assert.equal(server.requests.length, 1);
      assert.equal(other.requests.length, 0);
    });
  }

  const unsendable: readonly (readonly [string, string | undefined, string])[] = [
    ["https://api.anthropic.com", undefined, "key-missing"],
    ["http://127.0.0.1.example.com", undefined, "key-missing"],
    ["https://api.anthropic.com", `${key}\n`, "key-rejected"],
    ["https://api.anthropic.com", `${key}…`, "key-rejected"],
    ["https://api.anthropic.com", "", "key-rejected"],
    ["not an address", key, "provider-rejected"],
    ["", key, "provider-rejected"],
  ];
  for (const [baseUrl, given, code] of unsendable) {
    it(`${code} without a request: ${JSON.stringify(baseUrl)}, ${JSON.stringify(given)}`, async () => {
      const spy = mock.method(globalThis, "fetch", () => assert.fail("a request was sent"));
      try {
        const provider = createAnthropic({ baseUrl, key: given, account: "" });
        const running = [
          provider.chat.models(signal),
          provider.files.delete("file_1", signal),
          provider.chat.countTokens?.({ model, messages }, signal),
          read(provider.chat.chat({ model, messages }, signal)),
        ];
        for (const each of running) {
          await assert.rejects(each ?? Promise.resolve(), (error: Error & { code?: string }) => {
            assert.equal(error.code, code);
            assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /canary/);
            return true;
          });
        }
        assert.equal(spy.mock.callCount(), 0);
      } finally {
        spy.mock.restore();
      }
    });
  }

  it("a base URL with secrets is not shown", async () => {
    const baseUrl = `http://user:${key}@127.0.0.1:9/${key}?token=${key}`;
    const provider = createAnthropic({ baseUrl, key, account: "" });
    await assert.rejects(provider.chat.models(signal), (error: Error) => {
      assert.match(error.message, /could not be reached at http:\/\/127\.0\.0\.1:9\/\[key\],/);
      assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /canary/);
      return true;
    });
  });
});

async function read(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
