import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { accountOf } from "../../src/providers/account.ts";
import { providerCatalog } from "../../src/providers/catalog.ts";
import { memoryFolder } from "./memory-folder.ts";

const folder = new URL("../../src/providers/", import.meta.url);
const catalog = providerCatalog({ localFolder: memoryFolder() });
const key = "sk-canary-3f9a7c51e2d84b60";

describe("the provider catalog", () => {
  it("has a row for each file that makes an adapter, and a file for each row", () => {
    const adapters = readdirSync(folder).filter((file) =>
      /^export function create\w+\([^)]*\): Provider(?:With<.*>)? \{$/m.test(
        readFileSync(new URL(file, folder), "utf8"),
      ),
    );
    assert.deepEqual(adapters.toSorted(), catalog.map((entry) => `${entry.id}.ts`).toSorted());
  });

  it("loads nothing of an adapter before it is opened", () => {
    const source = readFileSync(new URL("catalog.ts", folder), "utf8");
    for (const entry of catalog) {
      assert.ok(source.includes(`await import("./${entry.id}.ts")`), entry.id);
      assert.ok(!source.includes(`from "./${entry.id}.ts"`), entry.id);
    }
  });

  it("opens each row as an account of that provider", async () => {
    for (const entry of catalog) {
      const provider = await entry.open({ baseUrl: entry.defaultBaseUrl, key });
      assert.equal(provider.account.provider, entry.id);
      assert.equal(provider.account.name, entry.name);
      assert.equal(provider.account.baseUrl, entry.defaultBaseUrl);
    }
  });

  it("knows what can be used as it is set up", () => {
    assert.equal(configured("openai", "https://api.openai.com/v1"), false);
    assert.equal(configured("openai", "https://api.openai.com/v1", key), true);
    assert.equal(configured("openai", "http://localhost:1234/v1"), true);
    assert.equal(configured("local", ""), true);
    assert.equal(configured("compatible", ""), false);
    assert.equal(configured("compatible", "localhost:11434"), false);
    assert.equal(configured("compatible", "http://localhost:11434/v1"), true);
    assert.equal(configured("compatible", "https://litellm.example/v1"), true);
  });

  it("tells accounts apart without telling the key", async () => {
    const [openai] = catalog;
    const provider = await openai?.open({ baseUrl: "https://api.openai.com/v1", key });
    // printf %s "$key" | sha256sum
    assert.equal(provider?.account.account, "d644ae733f94c7f6");
    assert.doesNotMatch(JSON.stringify(provider), /canary/);
    assert.equal(await accountOf(undefined), "");
    assert.notEqual(await accountOf("another"), await accountOf(key));
  });
});

function configured(id: string, baseUrl: string, given?: string): boolean | undefined {
  return catalog.find((entry) => entry.id === id)?.isConfigured({ baseUrl, key: given });
}
