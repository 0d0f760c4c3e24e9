import assert from "node:assert/strict";
import { test } from "node:test";
import "../fakes/register-vscode.ts";
import { settings, workspace } from "../fakes/vscode.ts";
import { ContextError } from "../../src/core/errors.ts";
import type { Capabilities } from "../../src/core/ports/capabilities.ts";
import type { Provider, ProviderEntry } from "../../src/core/ports/provider.ts";
import type { Model } from "../../src/core/ports/provider-chat.ts";

const { Connections } = await import("../../src/vscode/connections.ts");
const { createKeys } = await import("../../src/vscode/secrets.ts");

const model: Model = {
  id: "large",
  name: "Large",
  maxInputTokens: 1_000,
  maxOutputTokens: 100,
  guessed: false,
};

const capabilities: Capabilities = {
  answers: true,
  chat: { inlineTypes: [], countsTokens: false, cachedTokensField: "", cacheMarks: "none" },
};

/** A provider of the catalog whose server is up or down. */
function entry(id: string, server: { up: boolean }, needsKey = true): ProviderEntry {
  return {
    id,
    name: id.toUpperCase(),
    defaultBaseUrl: `https://${id}.example/v1`,
    capabilities,
    isConfigured: ({ key }) => !needsKey || key !== undefined,
    open: async ({ baseUrl, key = "" }) => {
      const provider: Provider = {
        account: {
          provider: id,
          name: id.toUpperCase(),
          baseUrl,
          account: `fingerprint of ${key}`,
        },
        capabilities,
        chat: {
          models: async () => {
            if (!server.up)
              throw new ContextError(
                "provider-unreachable",
                `${id.toUpperCase()} cannot be reached`,
              );
            return [model];
          },
          chat: () => assert.fail("nobody asks"),
        },
      };
      return provider;
    },
  };
}

function openConnections(entries: readonly ProviderEntry[]): {
  connections: InstanceType<typeof Connections>;
  secrets: Map<string, string>;
  warnings: string[];
} {
  const warnings: string[] = [];
  const secrets = new Map<string, string>();
  const state = new Map<string, unknown>();
  const storage = {
    get: async (name: string) => secrets.get(name),
    store: async (name: string, value: string) => void secrets.set(name, value),
    delete: async (name: string) => void secrets.delete(name),
  };
  const memento = {
    get: (name: string) => state.get(name),
    update: async (name: string, value: unknown) => void state.set(name, value),
  };
  return {
    connections: new Connections(
      entries,
      createKeys(storage as never),
      memento as never,
      (sentence) => warnings.push(sentence),
    ),
    secrets,
    warnings,
  };
}

test("a provider without the key that it needs is not configured, and says so when it is used", async () => {
  const { connections } = openConnections([entry("openai", { up: true })]);
  assert.equal((await connections.states())[0]?.isConfigured, false);
  await assert.rejects(connections.open("openai"), {
    code: "key-missing",
    message: /^OPENAI is not set up yet/u,
  });
  assert.deepEqual(await connections.offer(), { models: [], problems: [] });
});

test("a key makes its provider's models available, and removing it takes them away; both are announced", async () => {
  const one = entry("openai", { up: true });
  const { connections } = openConnections([one]);
  let announced = 0;
  connections.onDidChange(() => announced++);
  await connections.setKey(one, "k1");
  assert.deepEqual(
    (await connections.offer()).models.map((offered) => offered.model.id),
    ["large"],
  );
  await connections.removeKey(one);
  assert.deepEqual((await connections.offer()).models, []);
  assert.equal(announced, 2);
});

test("a server that does not answer keeps the models that it offered last", async () => {
  const server = { up: true };
  const one = entry("openai", server);
  const { connections } = openConnections([one]);
  await connections.setKey(one, "k1");
  await connections.offer();
  server.up = false;
  const offer = await connections.offer();
  assert.deepEqual(
    offer.models.map((offered) => offered.model.id),
    ["large"],
  );
});

test("a server that never answered offers nothing, and the reason is told", async () => {
  const one = entry("silent", { up: false });
  const { connections } = openConnections([one]);
  await connections.setKey(one, "k1");
  assert.deepEqual(await connections.offer(), {
    models: [],
    problems: ["SILENT cannot be reached"],
  });
});

test("without trust no server is asked for its models", async (t) => {
  const one = entry("openai", { up: true });
  const { connections } = openConnections([one]);
  await connections.setKey(one, "k1");
  workspace.isTrusted = false;
  t.after(() => (workspace.isTrusted = true));
  assert.deepEqual(await connections.offer(), { models: [], problems: [] });
  workspace.isTrusted = true;
  assert.equal((await connections.offer()).models.length, 1);
});

test("a key belongs to one server: another base URL does not get it", async (t) => {
  const one = entry("openai", { up: true });
  const { connections } = openConnections([one]);
  await connections.setKey(one, "k1");
  t.after(() => settings.clear());
  settings.set("satchel.openai.baseUrl", "https://elsewhere.example/v1");
  assert.equal((await connections.states())[0]?.isConfigured, false);
  settings.set("satchel.openai.baseUrl", "https://openai.example/other/path/");
  assert.equal(
    (await connections.open("openai")).account.baseUrl,
    "https://openai.example/other/path",
  );
});

test("an upload's account is found only while the settings point to it", async (t) => {
  const one = entry("openai", { up: true });
  const { connections } = openConnections([one]);
  await connections.setKey(one, "k1");
  const { account } = await connections.open("openai");
  assert.ok(await connections.openAccount(account));
  await connections.setKey(one, "k2");
  assert.equal(await connections.openAccount(account), undefined);
  t.after(() => settings.clear());
});

test("models are offered as the user's settings want them, and what was listed is remembered as it was", async (t) => {
  const one = entry("openai", { up: true }, false);
  const { connections, warnings } = openConnections([one]);
  t.after(() => settings.clear());
  settings.set("satchel.models", {
    "openai/large": { maxInputTokens: 2_000 },
    "openai/own": { name: "Own", maxInputTokens: 5_000, maxOutputTokens: 500 },
  });
  const limits = async (): Promise<unknown> =>
    (await connections.offer()).models.map(({ model: { id, maxInputTokens } }) => [
      id,
      maxInputTokens,
    ]);
  assert.deepEqual(await limits(), [
    ["large", 2_000],
    ["own", 5_000],
  ]);
  settings.clear();
  assert.deepEqual(await limits(), [["large", 1_000]]);
  assert.deepEqual(warnings, []);
});

test("a model that the user knows is offered although the server does not answer", async (t) => {
  const one = entry("absent", { up: false }, false);
  const { connections } = openConnections([one]);
  t.after(() => settings.clear());
  settings.set("satchel.models", { "absent/own": {} });
  const { models, problems } = await connections.offer();
  assert.deepEqual(
    models.map((offered) => [offered.model.id, offered.model.guessed]),
    [["own", true]],
  );
  assert.equal(problems.length, 1);
});

test("settings that make no sense are named in one warning, and again only when they change", async (t) => {
  const one = entry("openai", { up: true }, false);
  const { connections, warnings } = openConnections([one]);
  t.after(() => settings.clear());
  settings.set("satchel.models", {
    "openai/large": { maxInputTokens: "many" },
    "nobody/large": {},
  });
  assert.equal((await connections.offer()).models[0]?.model.maxInputTokens, 1_000);
  await connections.offer();
  assert.deepEqual(warnings, [
    "The setting satchel.models was not used where it makes no sense: openai/large: maxInputTokens is no whole number above 0; nobody/large: there is no provider nobody",
  ]);
  settings.set("satchel.models", { "openai/large": { nonsense: 1 } });
  await connections.offer();
  assert.equal(warnings.length, 2);
});
