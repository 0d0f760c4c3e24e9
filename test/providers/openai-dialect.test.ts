import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatFile, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { type DemoServer, startDemoServer } from "../demo/server.ts";
import { openAiAt, read } from "./openai-own.ts";

const signal = new AbortController().signal;
const model = "gpt-5.5";
const chatOnly = "gpt-4o-search-preview";

describe("Chat Completions", () => {
  let server: DemoServer;
  before(async () => (server = await startDemoServer({ models: [model, chatOnly] })));
  after(() => server.stop());
  const body = (): Record<string, unknown> =>
    server.requests.at(-1)?.body as Record<string, unknown>;

  it("are used for a model of OpenAI that knows nothing else, which is shown no texts", async () => {
    const provider = openAiAt(server.url);
    const request: ChatRequest = {
      model: chatOnly,
      cacheKey: "session",
      messages: [{ role: "user", content: "Hi" }],
    };
    await read(provider.chat.chat(request, signal));
    assert.equal(server.requests.at(-1)?.path, "/v1/chat/completions");
    assert.equal(body()["prompt_cache_key"], "session");
    await refusesText(provider, server, chatOnly);
  });

  it("are used at every other server, with PDFs and images alone", async () => {
    const elsewhere = createOpenAi({ baseUrl: server.url, account: "" });
    assert.equal(elsewhere.chat.countTokens, undefined);
    const bytes = new Uint8Array([37]);
    const { id } = await elsewhere.files.upload(
      {
        name: "report.stc-0123456789ab-cdef01.pdf",
        contentId: "0".repeat(64),
        mediaType: "application/pdf",
        bytes,
        purpose: "user_data",
      },
      signal,
    );
    const files: readonly ChatFile[] = [
      { name: "report.pdf", mediaType: "application/pdf", source: { kind: "reference", id } },
      { name: "more.pdf", mediaType: "application/pdf", source: { kind: "bytes", bytes } },
      { name: "plot.png", mediaType: "image/png", source: { kind: "bytes", bytes } },
    ];
    const messages = [{ role: "user", content: "", files }] as const;
    await read(elsewhere.chat.chat({ model, messages, cacheKey: "session" }, signal));
    assert.deepEqual(body()["messages"], [
      {
        role: "user",
        content: [
          { type: "file", file: { file_id: id } },
          {
            type: "file",
            file: { filename: "more.pdf", file_data: "data:application/pdf;base64,JQ==" },
          },
          { type: "image_url", image_url: { url: "data:image/png;base64,JQ==" } },
        ],
      },
    ]);
    assert.equal(body()["prompt_cache_key"], undefined);
    await refusesText(elsewhere, server, model);
  });
});

/** A text, or the upload of an image, is refused before anything is sent. */
async function refusesText(
  { chat }: ProviderWith<"chat">,
  server: DemoServer,
  asked: string,
): Promise<void> {
  const sent = server.requests.length;
  const source = { kind: "reference", id: "file-1" } as const;
  const cases = [
    ["notes.md", "text/markdown", /: add the text of notes\.md to the question instead$/],
    ["plot.png", "image/png", /: add plot\.png itself instead of its upload$/],
  ] as const;
  for (const [name, mediaType, message] of cases) {
    const messages = [{ role: "user", content: "", files: [{ name, mediaType, source }] }] as const;
    await assert.rejects(read(chat.chat({ model: asked, messages }, signal)), {
      code: "provider-rejected",
      message,
    });
  }
  assert.equal(server.requests.length, sent);
}
