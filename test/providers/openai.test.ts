import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, describe, it, mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent } from "../../src/core/ports/provider-chat.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { type DemoServer, startDemoServer } from "../demo/server.ts";
import { describeProvider } from "./contract.ts";
import { startFaultyServer } from "./faulty-server.ts";

const key = "sk-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;
const model = "demo-large";
const messages = [{ role: "user", content: "word ".repeat(2000) }] as const;

describeProvider("openai", async () => {
  const server = await startDemoServer({ pace: 5 });
  return {
    provider: createOpenAi({ baseUrl: server.url, account: "" }),
    stored: async (id) => server.files.find((file) => file.id === id)?.bytes,
    hang: () => server.fail("hang"),
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: () => server.stop(),
  };
});

describe("the OpenAI adapter", () => {
  let server: DemoServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startDemoServer({ requireKey: key });
    provider = createOpenAi({ baseUrl: server.url, key, account: "0123456789abcdef" });
  });
  after(() => server.stop());

  it("tells its account, and that its models answer", () => {
    const account = { provider: "openai", name: "OpenAI", account: "0123456789abcdef" };
    assert.deepEqual(provider.account, { ...account, baseUrl: server.url });
    assert.equal(provider.capabilities.answers, true);
  });

  it("asks for exactly what was asked for", async () => {
    const file = {
      name: "a.csv",
      contentId: "0".repeat(64),
      mediaType: "text/csv",
      bytes: new Uint8Array([1]),
    };
    await provider.files.upload({ ...file, purpose: "user_data", lifetime: 7_200_400 }, signal);
    assert.match(String(server.requests.at(-1)?.body), /name="expires_after\[seconds\]"\s+7200\s/);
    assert.equal(server.files[0]?.mediaType, "text/csv");
    await provider.files.list(signal);
    const query = Object.fromEntries(server.requests.at(-1)?.query ?? []);
    assert.deepEqual(query, { purpose: "user_data", limit: "10000" });
    await read(provider.chat.chat({ model, messages }, signal));
    assert.deepEqual(server.requests.at(-1)?.body, {
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("reports usage with cached tokens, last", async () => {
    await read(provider.chat.chat({ model, messages }, signal));
    const events = await read(provider.chat.chat({ model, messages }, signal));
    const last = events.at(-1);
    assert.equal(last?.kind, "usage");
    if (last?.kind !== "usage") return;
    assert.equal(last.usage.input, 2502);
    assert.equal(last.usage.cached, 2432);
    assert.ok(last.usage.output > 20);
  });

  it("gives models that it does not know cautious limits", async () => {
    assert.deepEqual(
      (await provider.chat.models(signal)).map((each) => [
        each.id,
        each.maxInputTokens,
        each.guessed,
      ]),
      [
        ["demo-large", 32_768, true],
        ["demo-small", 32_768, true],
      ],
    );
  });

  it("sends no facts about this machine, and takes nothing from the environment", async () => {
    const hostile = {
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      OPENAI_API_KEY: "sk-environment",
      OPENAI_ADMIN_KEY: "sk-environment",
      OPENAI_ORG_ID: "org-environment",
      OPENAI_PROJECT_ID: "proj-environment",
      OPENAI_CUSTOM_HEADERS: "authorization: Bearer sk-environment\nx-leak: environment",
    };
    Object.assign(process.env, hostile);
    try {
      await createOpenAi({ baseUrl: server.url, key, account: "" }).chat.models(signal);
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name];
    }
    const headers = server.requests.at(-1)?.headers ?? {};
    assert.equal(headers["authorization"], `Bearer ${key}`);
    assert.doesNotMatch(inspect(headers), /environment|stainless|linux/i);
  });

  it("sends no Authorization header without a key, and says so when the server wants one", async () => {
    const keyless = createOpenAi({ baseUrl: server.url, account: "" });
    await assert.rejects(keyless.chat.models(signal), {
      code: "key-rejected",
      message: 'OpenAI asks for an API key, and none is set: run "Satchel: Set API Key"',
    });
    assert.equal(server.requests.at(-1)?.headers["authorization"], undefined);
  });
});

describe("a list of several pages", () => {
  it("is read to its end, without other purposes", async (test) => {
    const pages: Readonly<Record<string, object>> = {
      "": { data: [item("file-1"), item("file-2", "batch")], has_more: true },
      "file-2": { data: [item("file-3")], has_more: true },
      "file-3": { data: [{ id: "file-4", bytes: null, expires_at: null }], has_more: false },
    };
    const server = await startFaultyServer(test, (response, { url }) => {
      const last = new URL(url ?? "", "http://x").searchParams.get("after") ?? "";
      json(response, pages[last] ?? {});
    });
    const files = await createOpenAi({ baseUrl: server.url, account: "" }).files.list(signal);
    const rest = { bytes: undefined, createdAt: undefined, expiresAt: undefined };
    assert.deepEqual(files, [
      { id: "file-1", name: "file-1.txt", bytes: 7, createdAt: 1000, expiresAt: 2000 },
      { id: "file-3", name: "file-3.txt", bytes: 7, createdAt: 1000, expiresAt: 2000 },
      { id: "file-4", name: "", ...rest },
    ]);
    assert.equal(server.requests.length, 3);
  });
});

describe("the key stays where it belongs", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`a redirect with ${status} is not followed`, async (test) => {
      const other = await startFaultyServer(test, (response) => json(response, { data: [] }));
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(status, { location: `${other.url}/models` }).end();
      });
      const provider = createOpenAi({ baseUrl: server.url, key, account: "" });
      await assert.rejects(provider.chat.models(signal), {
        code: "provider-rejected",
        message: `OpenAI at ${server.url} redirects to another address, and the API key must not go there: correct the base URL in the settings`,
      });
      assert.equal(server.requests.length, 1);
      assert.equal(other.requests.length, 0);
    });
  }

  const unsendable: readonly (readonly [string, string | undefined, string])[] = [
    ["https://api.openai.com/v1", undefined, "key-missing"],
    ["http://192.168.1.20:1234/v1", undefined, "key-missing"],
    ["http://127.0.0.1.example.com/v1", undefined, "key-missing"],
    ["http://localhost.example.com/v1", undefined, "key-missing"],
    ["http://127.0.0.1@example.com/v1", undefined, "key-missing"],
    ["http://[::2]/v1", undefined, "key-missing"],
    ["https://api.openai.com/v1", `${key}\n`, "key-rejected"],
    ["https://api.openai.com/v1", `${key} `, "key-rejected"],
    ["https://api.openai.com/v1", `${key}…`, "key-rejected"],
    ["https://api.openai.com/v1", "", "key-rejected"],
    ["not an address", key, "provider-rejected"],
    ["ftp://example.com/v1", key, "provider-rejected"],
    ["", key, "provider-rejected"],
  ];
  for (const [baseUrl, given, code] of unsendable) {
    it(`${code} without a request: ${JSON.stringify(baseUrl)}, ${JSON.stringify(given)}`, async () => {
      const spy = mock.method(globalThis, "fetch", () => assert.fail("a request was sent"));
      try {
        const provider = createOpenAi({ baseUrl, key: given, account: "" });
        const running = [
          provider.chat.models(signal),
          provider.files.delete("file-1", signal),
          read(provider.chat.chat({ model, messages }, signal)),
        ];
        for (const each of running) {
          await assert.rejects(each, (error: Error & { code?: string }) => {
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

  for (const host of ["localhost", "127.0.0.1", "127.8.9.10", "127.1", "[::1]"]) {
    it(`a server at ${host} needs no key`, async () => {
      const spy = mock.method(globalThis, "fetch", async () => Response.json({ data: [] }));
      try {
        const provider = createOpenAi({ baseUrl: `http://${host}:1234/v1`, account: "" });
        assert.deepEqual(await provider.chat.models(signal), []);
        assert.equal(spy.mock.callCount(), 1);
      } finally {
        spy.mock.restore();
      }
    });
  }

  it("a base URL with secrets is not shown", async () => {
    const baseUrl = `http://user:${key}@127.0.0.1:9/${key}/v1?token=${key}`;
    const provider = createOpenAi({ baseUrl, key, account: "" });
    await assert.rejects(provider.chat.models(signal), (error: Error) => {
      assert.match(error.message, /could not be reached at http:\/\/127\.0\.0\.1:9\/\[key\]\/v1,/);
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

function item(id: string, purpose = "user_data"): object {
  return { id, purpose, filename: `${id}.txt`, bytes: 7, created_at: 1, expires_at: 2 };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
