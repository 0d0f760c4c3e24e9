import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ContextError } from "../../../src/core/errors.ts";
import type { ProviderWith } from "../../../src/core/ports/provider.ts";
import type { ChatEvent } from "../../../src/core/ports/provider-chat.ts";
import { createGuard, guarded, type GuardParts } from "../../../src/core/resilience/guard.ts";
import { createShakyProvider } from "../files/shaky-provider.ts";

const signal = new AbortController().signal;

const parts: GuardParts = {
  now: Date.now,
  random: () => 0,
  wait: async (milliseconds, aborted) => {
    if (milliseconds > 0) await sleep(milliseconds, undefined, { signal: aborted });
  },
};
const unreachable = new ContextError("provider-unreachable", "no answer");

interface Counting {
  readonly provider: ProviderWith<"files">;
  /** Errors that the next lists and uploads throw. */
  readonly errors: Error[];
  calls: number;
}

/** A guarded provider. */
function counting(account: string): Counting {
  const shaky = createShakyProvider(Date.now, account).provider;
  const errors: Error[] = [];
  const call = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    state.calls++;
    const error = errors.shift();
    if (error) throw error;
    return run();
  };
  const bare: ProviderWith<"files"> = {
    ...shaky,
    files: {
      ...shaky.files,
      list: (aborted) => call(() => shaky.files.list(aborted)),
      upload: (request, aborted) => call(() => shaky.files.upload(request, aborted)),
    },
  };
  const provider = guarded(bare, createGuard(bare, parts), parts) as ProviderWith<"files">;
  const state: Counting = { provider, errors, calls: 0 };
  return state;
}

const upload = {
  name: "a.md",
  contentId: "0".repeat(64),
  mediaType: "text/markdown",
  bytes: new Uint8Array([1]),
  purpose: "any",
};

test("a list that fails is asked for again, at most twice", async () => {
  const once = counting("again");
  once.errors.push(unreachable);
  assert.deepEqual(await once.provider.files.list(signal), []);
  assert.equal(once.calls, 2);
  once.errors.push(unreachable, unreachable, unreachable);
  await assert.rejects(once.provider.files.list(signal), { code: "provider-unreachable" });
  assert.equal(once.calls, 5);
});

test("what cannot pass is not tried again, and neither is an upload", async () => {
  const account = counting("never");
  account.errors.push(new ContextError("quota-exceeded", "no"));
  await assert.rejects(account.provider.files.list(signal), { code: "quota-exceeded" });
  account.errors.push(unreachable);
  await assert.rejects(account.provider.files.upload(upload, signal), {
    code: "provider-unreachable",
  });
  account.errors.push(new ContextError("provider-busy", "wait", { retryAfter: 61_000 }));
  await assert.rejects(account.provider.files.list(signal), { code: "provider-busy" });
  assert.equal(account.calls, 3);
});

test("an account that fails five times in a row is left alone, and no other is", async () => {
  const [ill, well] = [counting("ill"), counting("well")];
  ill.errors.push(...Array.from({ length: 9 }, () => unreachable));
  for (let time = 0; time < 5; time++) {
    await assert.rejects(ill.provider.files.upload(upload, signal), {
      code: "provider-unreachable",
    });
  }
  await assert.rejects(ill.provider.files.upload(upload, signal), {
    code: "provider-busy",
    message: /Shaky failed 5 times in a row/u,
  });
  assert.equal(ill.calls, 5, "nothing was sent");
  assert.deepEqual(await well.provider.files.list(signal), []);
});

test("a cancel ends the wait for another attempt within a second", async () => {
  const account = counting("cancel");
  account.errors.push(new ContextError("provider-busy", "wait", { retryAfter: 30_000 }));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const start = performance.now();
  await assert.rejects(account.provider.files.list(controller.signal));
  assert.ok(performance.now() - start < 1050);
});

test("an answer passes through, and ends when its reader stops", async () => {
  let isStopped = false;
  async function* answer(): AsyncGenerator<ChatEvent, void, undefined> {
    try {
      for (;;) yield { kind: "text", text: "word " };
    } finally {
      isStopped = true;
    }
  }
  const { provider } = createShakyProvider(Date.now, "chat");
  const bare = { ...provider, chat: { models: async () => [], chat: answer } };
  const { chat } = guarded(bare, createGuard(bare, parts), parts);
  for await (const event of chat?.chat({ model: "m", messages: [] }, signal) ?? []) {
    assert.deepEqual(event, { kind: "text", text: "word " });
    break;
  }
  assert.ok(isStopped);
});
