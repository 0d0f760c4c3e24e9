import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createLocal } from "../../src/providers/local.ts";
import { describeProvider } from "./contract.ts";
import { type MemoryFolder, memoryFolder } from "./memory-folder.ts";

const signal = new AbortController().signal;

describeProvider("local", async () => {
  const folder = memoryFolder();
  return {
    provider: createLocal({ folder }),
    stored: async (id) => folder.entries.get(`${id}.bin`),
    hang: () => {
      folder.before = () => {
        folder.before = async () => {};
        return new Promise(() => {});
      };
    },
    stop: async () => {},
  };
});

describe("the local provider", () => {
  it("keeps files for the next start, and nothing leaves the machine", async () => {
    const { folder, provider } = started();
    const file = await provider.files.upload(request(), signal);
    assert.match(file.id, /^local-[0-9a-f-]{36}$/);
    assert.deepEqual(await createLocal({ folder }).files.list(signal), [file]);
    assert.equal(provider.capabilities.answers, false);
    assert.equal(provider.account.account, "");
  });

  it("lets an expired file go, and its bytes with it", async () => {
    const clock = { time: 1_000_000 };
    const { folder, provider } = started(clock);
    const kept = await provider.files.upload(request(), signal);
    const file = await provider.files.upload(request({ lifetime: 60_000 }), signal);
    clock.time += 59_999;
    assert.deepEqual(await provider.files.get(file.id, signal), file);
    clock.time += 1;
    assert.equal(await provider.files.get(file.id, signal), undefined);
    assert.deepEqual(await provider.files.list(signal), [kept]);
    assert.deepEqual([...folder.entries.keys()], [`${kept.id}.bin`, `${kept.id}.json`]);
    await provider.files.upload(request({ lifetime: 60_000 }), signal);
    clock.time += 60_000;
    await provider.files.upload(request(), signal);
    assert.equal(folder.entries.size, 4);
  });

  it("has no file until the metadata is written", async () => {
    const { folder, provider } = started();
    folder.before = async (operation, name) => {
      if (operation === "write" && name.endsWith(".json")) throw new Error("no space left");
    };
    await assert.rejects(provider.files.upload(request(), signal), {
      code: "provider-unreachable",
    });
    folder.before = async () => {};
    assert.deepEqual(await provider.files.list(signal), []);
  });

  it("survives damaged and foreign entries", async () => {
    const { folder, provider } = started();
    const file = await provider.files.upload(request(), signal);
    const damaged = "local-00000000-0000-0000-0000-000000000000.json";
    await folder.write(damaged, new TextEncoder().encode('{"name":'));
    await folder.write("local-00000000-0000-0000-0000-000000000001.json", new Uint8Array());
    await folder.write("notes.json", new TextEncoder().encode('{"name":"x"}'));
    assert.deepEqual(await provider.files.list(signal), [file]);
  });

  it("says in one sentence that its folder fails, without the path", async () => {
    const { folder, provider } = started();
    folder.before = async () => {
      throw new Error("EACCES /home/somebody/secret");
    };
    await assert.rejects(provider.files.list(signal), (error: Error) => {
      assert.match(error.message, /could not be read or written/);
      assert.doesNotMatch(error.message, /somebody|\.$/);
      return true;
    });
  });

  it("answers a chat by telling what would be sent, and how to set a provider up", async () => {
    const { provider } = started();
    assert.deepEqual(await provider.chat.models(signal), [
      {
        id: "preview",
        name: "Satchel (no provider yet)",
        maxInputTokens: 128_000,
        maxOutputTokens: 4_096,
        guessed: false,
      },
    ]);
    const messages = [
      { role: "system", content: "s".repeat(100) },
      { role: "user", content: "u".repeat(2000) },
      { role: "user", content: "Why?" },
    ] as const;
    let text = "";
    for await (const event of provider.chat.chat({ model: "preview", messages }, signal)) {
      assert.equal(event.kind, "text");
      if (event.kind === "text") text += event.text;
    }
    assert.equal(
      text,
      [
        "**Nothing was sent:** Satchel has no provider yet.",
        "",
        "This request would hold 3 messages with 2,104 characters, very roughly 526 tokens:",
        "",
        "| Role | Messages | Characters |",
        "| --- | ---: | ---: |",
        "| system | 1 | 100 |",
        "| user | 2 | 2,004 |",
        "",
        "To get answers, run **Satchel: Set API Key** from the Command Palette, then choose a model.",
        "",
      ].join("\n"),
    );
  });
});

function started(clock?: { time: number }): {
  folder: MemoryFolder;
  provider: ProviderWith<"files" | "chat">;
} {
  const folder = memoryFolder();
  const options = clock === undefined ? { folder } : { folder, now: () => clock.time };
  return { folder, provider: createLocal(options) };
}

function request(change: Partial<UploadRequest> = {}): UploadRequest {
  return {
    name: "a.txt",
    contentId: "0".repeat(64),
    mediaType: "text/plain",
    bytes: new TextEncoder().encode("hello"),
    purpose: "user_data",
    ...change,
  };
}
