import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { prepareRequest, type PreparedRequest } from "../../../src/core/context/prepare.ts";
import { showRequest } from "../../../src/core/context/show.ts";
import type { Capabilities, ChatUse } from "../../../src/core/ports/capabilities.ts";
import type { Provider } from "../../../src/core/ports/provider.ts";
import { memoryFolder } from "../../providers/memory-folder.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";
import { claimRules, uploadOf } from "../../store/samples.ts";

const account = { provider: "demo", name: "Demo", baseUrl: "https://demo.example", account: "a" };
const pdf = new TextEncoder().encode("%PDF-1.7 and more");

interface Fetched {
  readonly ids: string[];
}

/** A provider whose chat takes PDFs and long texts in one way. */
function providerWith(chatUse: ChatUse, inline: readonly string[] = []): Provider & Fetched {
  const capabilities: Capabilities = {
    answers: true,
    files: {
      purposes: [{ name: "any", mediaTypes: ["*"], maxBytes: 1_000_000, chatUse }],
      quota: {},
      downloads: false,
      listLag: 0,
      uploadsAtOnce: 1,
      listScope: "the account",
    },
    chat: { inlineTypes: inline, countsTokens: false, cachedTokensField: "", cacheMarks: "none" },
  };
  const ids: string[] = [];
  const none = async (): Promise<never> => assert.fail("not asked");
  return {
    account,
    capabilities,
    ids,
    files: {
      upload: none,
      list: none,
      get: none,
      delete: none,
      text: async (id) => {
        ids.push(id);
        return `the words of ${id}`;
      },
    },
  };
}

async function uploaded(parts: TestParts, name: string): Promise<void> {
  const { content } = await parts.file(name);
  const { contentId, mediaType } = content;
  const { name: _, ...key } = account;
  const upload = uploadOf(name, { ...key, contentId, mediaType, purpose: "any" });
  await parts.registry.claimUpload(upload, 1, claimRules());
  await parts.registry.changeUpload(name, { state: "ready", providerFileId: `file-${name}` });
}

async function prepared(
  t: TestContext,
  parts: TestParts,
  provider: Provider,
  takes: readonly string[] = ["application/pdf"],
): Promise<PreparedRequest> {
  const { confirm } = answering(true);
  return prepareRequest(
    { ...parts, confirm },
    {
      view: await parts.view(),
      question: "What?",
      turns: [],
      maxInputTokens: 50_000,
      shares: { files: 1 },
      maxBytes,
      signal: t.signal,
      reader: { provider, model: { takes }, embedBelow: 5_000, extracted, now: Date.now },
    },
  );
}

const extracted = memoryFolder();
const long = "a line of a long text\n".repeat(400);

test("an uploaded PDF is referenced by its id, and not read as text", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "report.pdf": pdf, "a.md": "short" });
  await uploaded(parts, "report.pdf");
  const request = await prepared(t, parts, providerWith("reference"));
  const [file] = request.messages[1]?.files ?? [];
  assert.deepEqual(file?.source, { kind: "reference", id: "file-report.pdf" });
  assert.deepEqual(
    request.kept.map(({ path, kind }) => [path, kind]),
    [
      ["report.pdf", "reference"],
      ["a.md", "full"],
    ],
  );
  assert.match(request.messages[1]?.content ?? "", /^Attached, in this order: report\.pdf\n\n/u);
  assert.match(
    showRequest(request, "demo"),
    /\[report\.pdf · application\/pdf · by its id file-report\.pdf\]/u,
  );
});

test("a PDF that was not uploaded says where it could be", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "report.pdf": pdf });
  const { omitted } = await prepared(t, parts, providerWith("reference"));
  assert.deepEqual(
    omitted.map(({ reason }) => reason),
    [{ kind: "not-uploaded", provider: "Demo" }],
  );
});

test("where only bytes are taken, they are attached, and proven by their digest", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "report.pdf": pdf });
  const provider = providerWith("none", ["application/pdf"]);
  const request = await prepared(t, parts, provider);
  const [file] = request.messages[1]?.files ?? [];
  assert.ok(file?.source.kind === "bytes");
  assert.deepEqual(new Uint8Array(file.source.bytes), pdf);
  await parts.add({ "report.pdf": new TextEncoder().encode("%PDF-1.7 and less") });
  assert.notEqual((await prepared(t, parts, provider)).digest, request.digest);
});

test("a model that takes no PDFs gets none", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "report.pdf": pdf });
  await uploaded(parts, "report.pdf");
  const { kept, omitted } = await prepared(t, parts, providerWith("reference"), []);
  assert.deepEqual(kept, []);
  assert.deepEqual(
    omitted.map(({ reason }) => reason.kind),
    ["binary"],
  );
});

test("a long text that was uploaded is referenced, a short one is embedded", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "long.md": long, "short.md": "short", "other.md": `${long}!` });
  await uploaded(parts, "long.md");
  await uploaded(parts, "short.md");
  const { kept } = await prepared(t, parts, providerWith("reference"), ["*"]);
  assert.deepEqual(
    kept.map(({ path, kind }) => [path, kind]),
    [
      ["long.md", "reference"],
      ["short.md", "full"],
      ["other.md", "full"],
    ],
  );
});

test("text that a provider made of a file is fetched once, and fenced like any other", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "report.pdf": pdf });
  await uploaded(parts, "report.pdf");
  const provider = providerWith("text");
  for (let time = 0; time < 2; time++) {
    const request = await prepared(t, parts, provider);
    assert.match(
      request.messages[1]?.content ?? "",
      /<file-.*report\.pdf[^]*the words of file-report\.pdf/u,
    );
    assert.equal(request.messages[1]?.files, undefined);
  }
  assert.deepEqual(provider.ids, ["file-report.pdf"]);
});

test("native files count against the budget", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "report.pdf": pdf });
  const request = await prepared(t, parts, providerWith("none", ["application/pdf"]));
  assert.ok(request.tokens.files >= 1_500);
  assert.ok(request.tokens.total >= request.tokens.files);
});
