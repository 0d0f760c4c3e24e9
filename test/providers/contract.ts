import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isAbort } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent } from "../../src/core/ports/provider-chat.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";

/** An adapter under test, with a view of what its server holds. */
export interface Subject {
  /** Connected to an account without files. */
  readonly provider: ProviderWith<"files" | "chat">;
  /** The bytes that the server holds under an id; undefined if it holds none. */
  readonly stored: (id: string) => Promise<Uint8Array | undefined>;
  /** Makes the next operation hang until it is aborted. */
  readonly hang: () => void;
  /** True once the server has seen that the reader of the last answer went away; undefined where there is no server to see it. */
  readonly sawAbandoned?: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
}

const never = new AbortController().signal;

/** What every adapter promises, whatever its provider. */
export function describeProvider(name: string, setup: () => Promise<Subject>): void {
  describe(`${name} keeps the contract of a provider`, () => {
    let subject: Subject;
    before(async () => (subject = await setup()));
    after(() => subject.stop());
    describeAccount(() => subject);
    describeFiles(() => subject);
    describeNames(() => subject);
    describeAborts(() => subject);
    describeChat(() => subject);
  });
}

function describeAccount(subject: () => Subject): void {
  it("tells who it is and what it can do", () => {
    const { account, capabilities } = subject().provider;
    assert.match(account.provider, /^[a-z][a-z0-9-]*$/);
    assert.notEqual(account.name, "");
    assert.doesNotMatch(account.baseUrl, /\/$/);
    assert.match(account.account, /^([0-9a-f]{16})?$/);
    for (const purpose of capabilities.files?.purposes ?? []) {
      assert.ok(purpose.maxBytes >= 1_000_000);
      assert.notEqual(purpose.mediaTypes.length, 0);
    }
    const lifetime = capabilities.files?.lifetime;
    assert.ok(!lifetime || (lifetime.min > 0 && lifetime.max > lifetime.min));
  });

  it("offers models with limits", async () => {
    const models = await subject().provider.chat.models(never);
    assert.ok(models.length > 0);
    for (const model of models) {
      assert.notEqual(model.id, "");
      assert.notEqual(model.name, "");
      assert.ok(model.maxInputTokens > 0 && model.maxOutputTokens > 0, model.id);
    }
    assert.equal(new Set(models.map((model) => model.id)).size, models.length);
  });
}

function describeFiles(subject: () => Subject): void {
  it("lists nothing where nothing is", async () => {
    assert.deepEqual(await subject().provider.files.list(never), []);
  });

  it("takes a file, finds it, and deletes it once and again", async () => {
    const { provider, stored } = subject();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31 + 7) % 256);
    const start = Date.now();
    const file = await provider.files.upload(request(provider, { bytes }), never);
    assert.notEqual(file.id, "");
    assert.equal(file.name, "table.stc-0123456789ab-cdef01.csv");
    assert.equal(file.bytes, bytes.length);
    assert.ok(Math.abs((file.createdAt ?? 0) - start) < 60_000);
    assert.equal(file.expiresAt, undefined);
    assert.deepEqual(await stored(file.id), bytes);
    assert.deepEqual(await provider.files.get(file.id, never), file);
    assert.deepEqual(await provider.files.list(never), [file]);
    await provider.files.delete(file.id, never);
    assert.equal(await provider.files.get(file.id, never), undefined);
    assert.equal(await stored(file.id), undefined);
    await provider.files.delete(file.id, never);
    assert.deepEqual(await provider.files.list(never), []);
  });

  it("gives equal bytes two ids", async () => {
    const { provider } = subject();
    const first = await provider.files.upload(request(provider), never);
    const second = await provider.files.upload(request(provider), never);
    assert.notEqual(first.id, second.id);
    const listed = await provider.files.list(never);
    assert.deepEqual(listed.map((file) => file.id).toSorted(), [first.id, second.id].toSorted());
    await provider.files.delete(first.id, never);
    assert.deepEqual(await provider.files.get(second.id, never), second);
    await provider.files.delete(second.id, never);
  });

  it("keeps a file as long as it is asked to, within what the provider allows", async (test) => {
    const { provider } = subject();
    const range = provider.capabilities.files?.lifetime;
    if (range === undefined) return test.skip("files cannot expire there");
    const cases = [
      [range.min, range.min],
      [range.max, range.max],
      [range.min * 2, range.min * 2],
      [1, range.min],
      [range.max * 2, range.max],
    ] as const;
    for (const [lifetime, expected] of cases) {
      const file = await provider.files.upload(request(provider, { lifetime }), never);
      assert.equal(Number(file.expiresAt) - Number(file.createdAt), expected);
      assert.deepEqual(await provider.files.get(file.id, never), file);
      await provider.files.delete(file.id, never);
    }
  });

  it("knows no file that it never gave out", async () => {
    const { provider } = subject();
    for (const id of ["file-0000000000000000", "no/such/file", "../../etc/passwd", "a b?c#d"]) {
      assert.equal(await provider.files.get(id, never), undefined);
      await provider.files.delete(id, never);
    }
  });
}

function describeNames(subject: () => Subject): void {
  const names = [
    "with space.csv",
    `it's "quoted".csv`,
    "emoji 📈👩🏽‍💻.csv",
    "hash#and?query&more=1.csv",
    "Überblick 報告 отчёт ملف.csv",
    "percent %20.csv",
    "no extension",
  ];
  for (const name of names) {
    it(`keeps the name ${name}`, async () => {
      const { provider, stored } = subject();
      const file = await provider.files.upload(request(provider, { name }), never);
      assert.equal(file.name, name);
      assert.equal((await provider.files.list(never))[0]?.name, name);
      assert.deepEqual(await stored(file.id), request(provider).bytes);
      await provider.files.delete(file.id, never);
    });
  }
}

function describeAborts(subject: () => Subject): void {
  const operations: Readonly<
    Record<string, (provider: Subject["provider"], signal: AbortSignal) => unknown>
  > = {
    upload: (provider, signal) => provider.files.upload(request(provider), signal),
    list: (provider, signal) => provider.files.list(signal),
    get: (provider, signal) =>
      provider.files.get("local-00000000-0000-0000-0000-000000000000", signal),
    delete: (provider, signal) =>
      provider.files.delete("local-00000000-0000-0000-0000-000000000000", signal),
  };
  for (const [name, operation] of Object.entries(operations)) {
    it(`stops ${name} before it begins and while it runs`, async () => {
      const { provider, hang } = subject();
      await assert.rejects(async () => operation(provider, AbortSignal.abort()), isAbort);
      hang();
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("a reason of the caller")), 50);
      const start = performance.now();
      await assert.rejects(async () => operation(provider, controller.signal), isAbort);
      assert.ok(performance.now() - start < 1050);
    });
  }

  it("stops models and chat before they begin", async () => {
    const { provider } = subject();
    await assert.rejects(provider.chat.models(AbortSignal.abort()), isAbort);
    await assert.rejects(read(provider, AbortSignal.abort()), isAbort);
  });

  it("leaves nothing behind", async () => {
    const { provider } = subject();
    for (const file of await provider.files.list(never))
      await provider.files.delete(file.id, never);
    assert.deepEqual(await provider.files.list(never), []);
  });
}

function describeChat(subject: () => Subject): void {
  it("streams an answer in pieces, and usage at most once, last", async () => {
    const events = await read(subject().provider, never);
    const kinds = events.map((event) => event.kind);
    assert.ok(kinds.filter((kind) => kind === "text").length > 1);
    const text = events.map((event) => (event.kind === "text" ? event.text : "")).join("");
    assert.match(text, /\S+ \S+/);
    assert.ok(!kinds.slice(0, -1).includes("usage"));
  });

  it("ends when the reader stops", async () => {
    const { provider, sawAbandoned } = subject();
    for await (const event of await chat(provider, never)) if (event.kind === "text") break;
    if (sawAbandoned !== undefined) assert.equal(await sawAbandoned(), true);
  });

  it("ends within a second when it is aborted between two pieces", async () => {
    const { provider, sawAbandoned } = subject();
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const event of await chat(provider, controller.signal)) {
        if (event.kind === "text") controller.abort();
      }
    }, isAbort);
    if (sawAbandoned !== undefined) assert.equal(await sawAbandoned(), true);
  });
}

async function read(
  provider: Subject["provider"],
  signal: AbortSignal,
): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of await chat(provider, signal)) events.push(event);
  return events;
}

async function chat(
  provider: Subject["provider"],
  signal: AbortSignal,
): Promise<AsyncIterable<ChatEvent>> {
  const model = (await provider.chat.models(never))[0]?.id ?? "";
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What is the capital of France?" },
  ] as const;
  return provider.chat.chat({ model, messages }, signal);
}

function request(
  provider: Subject["provider"],
  change: Partial<UploadRequest> = {},
): UploadRequest {
  return {
    name: "table.stc-0123456789ab-cdef01.csv",
    contentId: "0123456789ab".padEnd(64, "0"),
    mediaType: "text/csv",
    bytes: new TextEncoder().encode("region,units\nNorth,1\n"),
    purpose: provider.capabilities.files?.purposes[0]?.name ?? "",
    ...change,
  };
}
