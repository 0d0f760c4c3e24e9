/**
 * The OpenAI adapter against a server that others wrote: both read the same documentation. What it cannot judge (version 1.43.0): it passes over
 * `expires_after`, has no uploads in parts and no `/responses/input_tokens`, takes files up to 10 MB, does not look whether the files of a question exist
 * or what type they have, keeps no prompt cache, counts no tokens in responses, and gives any file back.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { LLMock } from "@copilotkit/aimock";
import { carriesTag } from "../../src/core/files/remote-name.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { openAiAt, read } from "./openai-own.ts";

const signal = new AbortController().signal;
const contentId = "0123456789ab".padEnd(64, "0");
const uploadId = "cdef0100-0000-0000-0000-000000000000";
const answer = "Hello from a server that others wrote.";
const file: UploadRequest = {
  name: "notes.stc-0123456789ab-cdef01.md",
  contentId,
  mediaType: "text/markdown",
  bytes: new TextEncoder().encode("# Überschrift 📈\n"),
  purpose: "user_data",
  lifetime: 3_600_000,
};

let server: LLMock;
before(async () => {
  server = new LLMock({ port: 0 });
  server.onMessage("Hello", { content: answer });
  server.onMessage("Look", { toolCalls: [{ name: "read_file", arguments: '{"name":"a.md"}' }] });
  await server.start();
});
after(() => server.stop());

const adapters: Readonly<Record<string, () => ProviderWith<"files" | "chat">>> = {
  "at its own address": () => openAiAt(`${server.url}/v1`),
  "at another server": () => createOpenAi({ baseUrl: `${server.url}/v1`, account: "" }),
};

for (const [place, open] of Object.entries(adapters)) {
  describe(`the OpenAI adapter ${place}, against aimock`, () => {
    it("stores, finds, lists and deletes a file", async () => {
      const { files } = open();
      const stored = await files.upload(file, signal);
      assert.ok(carriesTag(stored.name, contentId, uploadId));
      assert.equal(stored.bytes, file.bytes.length);
      assert.deepEqual(await files.get(stored.id, signal), stored);
      assert.deepEqual(await files.list(signal), [stored]);
      const content = await fetch(`${server.url}/v1/files/${stored.id}/content`);
      assert.deepEqual(new Uint8Array(await content.arrayBuffer()), file.bytes);
      await files.delete(stored.id, signal);
      await files.delete(stored.id, signal);
      assert.equal(await files.get(stored.id, signal), undefined);
      assert.deepEqual(await files.list(signal), []);
    });

    it("is told of a purpose that there is not", async () => {
      await assert.rejects(open().files.upload({ ...file, purpose: "session" }, signal), {
        code: "provider-rejected",
        message: /was not uploaded: Invalid purpose 'session'/,
      });
    });

    it("reads a streamed answer and its tool calls", async () => {
      const text = await read(open().chat.chat(question("Hello"), signal));
      assert.ok(text.length > 2);
      assert.equal(textOf(text), answer);
      const [call, usage] = await read(open().chat.chat(question("Look"), signal));
      assert.ok(call?.kind === "tool-call" && usage?.kind === "usage");
      assert.deepEqual([call.call.name, call.call.input], ["read_file", '{"name":"a.md"}']);
    });

    it("lists models, and is told when to come back", async () => {
      assert.ok((await open().chat.models(signal)).some(({ id }) => id === "gpt-4o"));
      server.nextRequestError(429);
      await assert.rejects(read(open().chat.chat(question("Hello"), signal)), {
        code: "provider-busy",
        facts: { provider: "OpenAI", file: undefined, status: 429, retryAfter: 1000 },
      });
    });
  });
}

it("a question goes to the endpoint of its server", async () => {
  const paths: (string | undefined)[] = [];
  for (const open of Object.values(adapters)) {
    await read(open().chat.chat(question("Hello"), signal));
    paths.push(server.getRequests().at(-1)?.path);
  }
  assert.deepEqual(paths, ["/v1/responses", "/v1/chat/completions"]);
});

function question(content: string): ChatRequest {
  return {
    model: "gpt-4o",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content },
    ],
    tools: [{ name: "read_file", description: "Reads a file", inputSchema: { type: "object" } }],
  };
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.kind === "text" ? event.text : "")).join("");
}
