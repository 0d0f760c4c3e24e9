import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { isAbort } from "../../src/core/errors.ts";
import type { ChatEvent, ProviderChat } from "../../src/core/ports/provider-chat.ts";
import type { Subject } from "./contract.ts";

const never = new AbortController().signal;

/** What an adapter promises of its models. */
export function describeChat(subject: () => Subject): void {
  const test = (name: string, run: (chat: ProviderChat, subject: Subject) => Promise<void>): void =>
    void it(name, async (t: TestContext) => {
      const { chat } = subject().provider;
      if (!chat) return t.skip("it has no models");
      await run(chat, subject());
    });

  test("offers models with limits", async (chat) => {
    const models = await chat.models(never);
    assert.ok(models.length > 0);
    for (const model of models) {
      assert.notEqual(model.id, "");
      assert.notEqual(model.name, "");
      assert.ok(model.maxInputTokens > 0 && model.maxOutputTokens > 0, model.id);
    }
    assert.equal(new Set(models.map((model) => model.id)).size, models.length);
  });

  test("stops models and chat before they begin", async (chat) => {
    await assert.rejects(chat.models(AbortSignal.abort()), isAbort);
    await assert.rejects(read(chat, AbortSignal.abort()), isAbort);
  });

  test("counts the tokens of a request, if it says that it can", async (chat) => {
    const model = (await chat.models(never))[0]?.id ?? "";
    const tokens = await chat.countTokens?.({ model, messages }, never);
    assert.ok(tokens === undefined || tokens > 0);
  });

  test("streams an answer in pieces, and usage at most once, last", async (chat) => {
    const events = await read(chat, never);
    const kinds = events.map((event) => event.kind);
    assert.ok(kinds.filter((kind) => kind === "text").length > 1);
    const text = events.map((event) => (event.kind === "text" ? event.text : "")).join("");
    assert.match(text, /\S+ \S+/);
    assert.ok(!kinds.slice(0, -1).includes("usage"));
  });

  test("ends when the reader stops", async (chat, { sawAbandoned }) => {
    for await (const event of await ask(chat, never)) if (event.kind === "text") break;
    if (sawAbandoned !== undefined) assert.equal(await sawAbandoned(), true);
  });

  test("ends within a second when it is aborted between two pieces", async (chat, {
    sawAbandoned,
  }) => {
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const event of await ask(chat, controller.signal)) {
        if (event.kind === "text") controller.abort();
      }
    }, isAbort);
    if (sawAbandoned !== undefined) assert.equal(await sawAbandoned(), true);
  });
}

const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "What is the capital of France?" },
] as const;

async function read(chat: ProviderChat, signal: AbortSignal): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of await ask(chat, signal)) events.push(event);
  return events;
}

async function ask(chat: ProviderChat, signal: AbortSignal): Promise<AsyncIterable<ChatEvent>> {
  const model = (await chat.models(never))[0]?.id ?? "";
  return chat.chat({ model, messages }, signal);
}
