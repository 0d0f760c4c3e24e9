import assert from "node:assert/strict";
import { test } from "node:test";
import { accountUse } from "../../../src/core/files/account-use.ts";
import type { Content } from "../../../src/core/files/content.ts";
import type { ProviderFile } from "../../../src/core/files/provider-file.ts";

const account = { provider: "openai", baseUrl: "https://api.example/v1", account: "f00d" };
const now = 1_000_000_000;

function upload(contentId: string, change: Partial<ProviderFile> = {}): ProviderFile {
  return {
    ...account,
    contentId,
    purpose: "user_data",
    mediaType: "text/csv",
    id: contentId,
    state: "ready",
    remoteName: contentId,
    startedAt: 1,
    ...change,
  };
}

function registryOf(uploads: readonly ProviderFile[]): Parameters<typeof accountUse>[0] {
  return {
    uploads: async (key) => {
      assert.deepEqual(key, account);
      return uploads;
    },
    content: async (contentId): Promise<Content | undefined> =>
      contentId === "lost" ? undefined : { contentId, bytes: 1_000, mediaType: "text/csv" },
  };
}

test("an account holds what is ready there, by purpose", async () => {
  const use = await accountUse(
    registryOf([
      upload("a"),
      upload("b", { purpose: "vision" }),
      upload("a", { id: "again", mediaType: "text/plain" }),
      upload("lost"),
      upload("c", { state: "gone" }),
      upload("d", { state: "failed" }),
      upload("e", { state: "sending" }),
      upload("f", { expiresAt: now - 1 }),
      upload("g", { expiresAt: now + 60_000 }),
    ]),
    account,
    now,
  );
  assert.deepEqual(use, {
    files: 5,
    bytes: 4_000,
    filesFor: new Map([
      ["user_data", 4],
      ["vision", 1],
    ]),
  });
});

test("an account without uploads holds nothing", async () => {
  const use = await accountUse(registryOf([]), account, now);
  assert.deepEqual(use, { files: 0, bytes: 0, filesFor: new Map() });
});
