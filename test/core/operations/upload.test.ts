import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ContextError } from "../../../src/core/errors.ts";
import { uploadFile, type UploadOutcome } from "../../../src/core/files/upload.ts";
import { operationLine } from "../../../src/core/operations/describe.ts";
import { jsonLines } from "../../../src/core/operations/json-lines.ts";
import type { OperationEvent } from "../../../src/core/operations/operation.ts";
import { runOperation, type Operation } from "../../../src/core/operations/run.ts";
import type { ProviderWith } from "../../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../../src/core/ports/provider-files.ts";
import { createLocal } from "../../../src/providers/local.ts";
import { createOpenAi } from "../../../src/providers/openai.ts";
import { createFolder } from "../../../src/store/folder.ts";
import { startDemoServer } from "../../demo/server.ts";
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";

const { signal } = new AbortController();
const newId = (): string => crypto.randomUUID();

async function localProvider(t: TestContext): Promise<ProviderWith<"files" | "chat">> {
  const folder = await mkdtemp(join(tmpdir(), "satchel-local-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return createLocal({ folder: createFolder(folder) });
}

type Uploading = (
  attempt: () => Promise<UploadOutcome>,
  operation: Operation,
) => Promise<UploadOutcome>;

/** Uploads a file as a logged operation: the operation's id is the upload's. */
async function upload(
  parts: TestParts,
  provider: ProviderWith<"files" | "chat">,
  name: string,
  uploading: Uploading = (attempt) => attempt(),
): Promise<UploadOutcome> {
  const { file } = await parts.file(name);
  const subject = { kind: "upload", uri: file.uri, provider: provider.account.provider } as const;
  const context = { subject, commandId: "upload:c", now: Date.now, newId };
  const { confirm } = answering(true);
  return runOperation(parts.registry, context, (operation) => {
    const own = { ...parts, ...impatient(), provider, confirm, newId: () => operation.id };
    const options = { maxBytes, lifetime: 3_600_000, caps: noCaps };
    return uploading(() => uploadFile(own, file, options, signal), operation);
  });
}

const logged = async (parts: TestParts): Promise<readonly OperationEvent[]> =>
  (await parts.registry.operations({})).toReversed();

const told = (events: readonly OperationEvent[]): readonly string[] =>
  events.map(({ event, attempt, errorCode }) =>
    [event, attempt, errorCode].filter((part) => part !== undefined).join(" "),
  );

test("log, row, remote name and request to the provider share one id", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "sales.csv": "a,b\n1,2\n" });
  const local = await localProvider(t);
  const requests: UploadRequest[] = [];
  const outcome = await upload(
    parts,
    {
      ...local,
      files: {
        ...local.files,
        upload: (request, aborted) => {
          requests.push(request);
          return local.files.upload(request, aborted);
        },
      },
    },
    "sales.csv",
  );
  const events = await logged(parts);
  const [{ id } = assert.fail()] = events;
  assert.deepEqual(told(events), ["started", "completed"]);
  assert.ok(events.every((event) => event.id === id));
  assert.ok(outcome.kind === "uploaded");
  assert.equal(outcome.bytes, 8);
  assert.deepEqual(
    (await parts.registry.uploads({})).map((row) => row.id),
    [id],
  );
  const [remote] = await local.files.list(signal);
  assert.ok(remote?.name.endsWith(`-${id.slice(0, 6)}.csv`), remote?.name);
  assert.deepEqual(
    requests.map(({ operationId }) => operationId),
    [id],
  );
});

test("a provider that says no leaves a beginning and a failure with its code", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text" });
  const local = await localProvider(t);
  const refusing = (error: Error): ProviderWith<"files" | "chat"> => ({
    ...local,
    files: {
      ...local.files,
      upload: async () => {
        throw error;
      },
    },
  });
  await assert.rejects(upload(parts, refusing(new ContextError("key-rejected", "no")), "a.md"));
  assert.deepEqual(told(await logged(parts)), ["started", "failed key-rejected"]);
  const [row] = await parts.registry.uploads({});
  assert.equal(row?.id, (await logged(parts))[0]?.id);
  assert.equal(row?.state, "failed");
  await assert.rejects(upload(parts, refusing(new DOMException("", "AbortError")), "a.md"));
  assert.deepEqual(told(await logged(parts)).slice(2), ["started", "failed cancelled"]);
});

test("a second attempt of the same operation can be told", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text" });
  const local = await localProvider(t);
  await upload(parts, local, "a.md", async (attempt, operation) => {
    await operation.retry("provider-busy");
    return attempt();
  });
  assert.deepEqual(told(await logged(parts)), ["started", "retry 2 provider-busy", "completed 2"]);
});

test("OpenAI is told the id, and neither key nor content is logged", async (t) => {
  const key = "sk-canary-key-5f1d";
  const content = "canary-content-5f1d";
  const parts = await openParts(t);
  await parts.add({ "a.md": content, "b.md": `${content}-b` });
  const server = await startDemoServer({ requireKey: key });
  t.after(() => server.stop());
  const provider = createOpenAi({ baseUrl: server.url, key, account: "0123456789abcdef" });
  process.env["OPENAI_CUSTOM_HEADERS"] = "X-Client-Request-Id: environment";
  t.after(() => delete process.env["OPENAI_CUSTOM_HEADERS"]);
  await upload(parts, provider, "a.md");
  const [{ id } = assert.fail()] = await logged(parts);
  const sent = (): unknown => server.requests.at(-1)?.headers["x-client-request-id"];
  assert.equal(sent(), id);
  await createOpenAi({ baseUrl: server.url, key, account: "" }).files.list(signal);
  assert.equal(sent(), undefined);
  server.fail({ status: 401, body: { error: { message: `wrong key ${key}: ${content}` } } });
  await assert.rejects(upload(parts, provider, "b.md"), { code: "key-rejected" });
  const events = await logged(parts);
  assert.deepEqual(told(events), ["started", "completed", "started", "failed key-rejected"]);
  const text = [jsonLines(events), ...events.map(operationLine)].join("\n");
  assert.doesNotMatch(text, /canary/u);
});
