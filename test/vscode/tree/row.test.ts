import assert from "node:assert/strict";
import { test } from "node:test";
import type { Content } from "../../../src/core/files/content.ts";
import type { ProviderFile } from "../../../src/core/files/provider-file.ts";
import type { FileView, SessionFile } from "../../../src/core/session/session.ts";
import { rowOf } from "../../../src/vscode/tree/row.ts";

const now = 1_800_000_000_000;
const hour = 3_600_000;
const contentId = "ab".repeat(32);

interface Change {
  readonly file?: Partial<SessionFile>;
  readonly content?: Partial<Content>;
  readonly uploads?: readonly Partial<ProviderFile>[];
}

function view({ file = {}, content = {}, uploads = [] }: Change): FileView {
  return {
    file: {
      id: "1",
      sessionId: "s",
      uri: "file:///w/src/a.ts",
      role: "file",
      pinned: false,
      evicted: false,
      contentId,
      disk: "fresh",
      context: "out",
      position: 0,
      ...file,
    },
    content: {
      contentId,
      bytes: 4_100,
      mediaType: "text/typescript",
      lines: 120,
      tokens: 12_449,
      ...content,
    },
    providerFiles: uploads.map((upload) => ({
      id: "u",
      contentId,
      provider: "openai",
      baseUrl: "",
      account: "",
      purpose: "user_data",
      mediaType: "text/typescript",
      state: "ready",
      remoteName: "a.stc-1-2.ts",
      providerFileId: "file-1",
      startedAt: now,
      ...upload,
    })),
  };
}

function check(change: Change, description: string, contextValue = "file"): void {
  const row = rowOf(view(change), "src/a.ts", now);
  assert.equal(row.description, description);
  assert.equal(row.contextValue, contextValue);
  assert.equal(row.spoken, `src/a.ts, ${description.replaceAll(" · ", ", ")}`);
}

test("a row says size and context", () => {
  check({}, "12.4k tok · not sent");
  check({ file: { context: "full" } }, "12.4k tok · full");
  check({ file: { outReason: "binary" } }, "12.4k tok · out");
});

test("a text that is not counted yet says so, and binary content has bytes instead of tokens", () => {
  check({ content: { tokens: undefined } }, "counting … · not sent");
  check(
    { content: { tokens: undefined }, file: { disk: "changed" } },
    "changed on disk · 4.1 kB · not sent",
  );
  check({ content: { tokens: undefined, lines: undefined } }, "4.1 kB · not sent");
});

test("a row says what is unusual about a file", () => {
  check({ file: { pinned: true } }, "12.4k tok · not sent · pinned", "file.pinned");
  check({ file: { evicted: true } }, "12.4k tok · evicted", "file.evicted");
  check({ file: { disk: "changed", context: "full" } }, "changed on disk · 12.4k tok · full");
  check({ file: { disk: "missing" } }, "missing on disk · 12.4k tok · not sent");
});

test("each upload says where it is and how long it lives", () => {
  check(
    { uploads: [{ expiresAt: now + 46.5 * hour }] },
    "12.4k tok · openai 46 h · not sent",
    "file.uploaded",
  );
  check({ uploads: [{ provider: "local" }] }, "12.4k tok · local · not sent", "file.uploaded");
  check(
    { uploads: [{ expiresAt: now - 1 }] },
    "12.4k tok · openai expired · not sent",
    "file.uploaded",
  );
  check(
    { uploads: [{ state: "sending" }] },
    "12.4k tok · openai uploading · not sent",
    "file.uploaded",
  );
  check(
    { uploads: [{ state: "gone" }, { state: "failed" }, { state: "unknown" }] },
    "12.4k tok · not sent",
  );
});

test("the tooltip tells digest, content id, exact tokens, states and provider files", () => {
  const { facts } = rowOf(
    view({ file: { outReason: "binary" }, uploads: [{ expiresAt: now + 2 * hour }] }),
    "src/a.ts",
    now,
  );
  const told = Object.fromEntries(facts);
  assert.equal(told["File"], "src/a.ts");
  assert.equal(told["Digest"], "text/typescript · 120 lines · 4.1 kB");
  assert.equal(told["Content id"], "abababababab");
  assert.equal(told["Tokens"], "12,449 (o200k_base)");
  assert.equal(told["Context"], "out: binary");
  assert.match(told["openai 2 h"] ?? "", /^file-1 · ready · until /u);
});
