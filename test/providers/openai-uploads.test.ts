import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it, mock, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isAbort } from "../../src/core/errors.ts";
import { carriesTag } from "../../src/core/files/remote-name.ts";
import type { ProviderFiles, UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { type DemoFailure, type DemoServer, startDemoServer } from "../demo/server.ts";
import { leadingTo, openAiAt, ownAddress } from "./openai-own.ts";

const never = new AbortController().signal;
const contentId = "0123456789ab".padEnd(64, "0");
const uploadId = "cdef0100-0000-0000-0000-000000000000";
const hour = 3_600_000;

const partSize = 500_000;
/** A part and a bit. */
const bytes = new Uint8Array(partSize + 100).map((_, index) => (index * 31 + (index >> 9)) & 255);
const large: UploadRequest = {
  name: "trace.stc-0123456789ab-cdef01.go",
  contentId,
  mediaType: "text/x-go",
  bytes,
  purpose: "user_data",
  lifetime: 2 * hour,
  file: "trace.go",
  operationId: uploadId,
};

async function started(test: TestContext): Promise<DemoServer> {
  const server = await startDemoServer();
  test.after(() => server.stop());
  return server;
}

function pathsOf(server: DemoServer): readonly string[] {
  return server.requests.map(({ path }) => path.replace(/upload_\w+/, "id"));
}

describe("a file above 64 MB", () => {
  it("goes to OpenAI in parts, and is one file in the end", async (test) => {
    const server = await started(test);
    const files = filesAt(server);
    const file = await files.upload(large, never);
    const parts = ["/v1/uploads/id/parts", "/v1/uploads/id/parts"];
    assert.deepEqual(pathsOf(server), ["/v1/uploads", ...parts, "/v1/uploads/id/complete"]);
    assert.deepEqual(server.requests[0]?.body, {
      filename: "trace.stc-0123456789ab-cdef01.go.txt",
      purpose: "user_data",
      bytes: bytes.length,
      mime_type: "text/plain",
      expires_after: { anchor: "created_at", seconds: 7200 },
    });
    assert.equal(server.requests[0].headers["x-client-request-id"], uploadId);
    const md5 = createHash("md5").update(bytes).digest("hex");
    assert.equal(Object(server.requests.at(-1)?.body)["md5"], md5);
    assert.equal(file.bytes, bytes.length);
    assert.ok(carriesTag(file.name, contentId, uploadId));
    assert.equal(Number(file.expiresAt) - Number(file.createdAt), 2 * hour);
    assert.ok(Buffer.from(server.files[0]?.bytes ?? []).equals(bytes));
    assert.deepEqual(await files.get(file.id, never), file);
    assert.deepEqual(await files.list(never), [file]);
  });

  it("goes whole to other servers, and a smaller one to all", async (test) => {
    const server = await started(test);
    const small = { ...large, bytes: bytes.subarray(0, partSize), lifetime: undefined };
    await filesAt(server).upload(small, never);
    await createOpenAi({ baseUrl: server.url, account: "" }).files.upload(large, never);
    assert.deepEqual(pathsOf(server), ["/v1/files", "/v1/files"]);
    const [own, other] = server.files;
    assert.deepEqual([own?.filename, own?.mediaType], [`${large.name}.txt`, "text/plain"]);
    assert.deepEqual([other?.filename, other?.mediaType], [large.name, "text/x-go"]);
    assert.equal(own?.expires, undefined);
  });

  it("is one of more than 64,000,000 bytes", async (test) => {
    const server = await started(test);
    for (const length of [64_000_000, 64_000_001]) {
      server.fail({ status: 400 });
      const request = { ...large, bytes: new Uint8Array(length) };
      await assert.rejects(openAiAt(server.url).files.upload(request, never));
    }
    assert.deepEqual(pathsOf(server), ["/v1/files", "/v1/uploads"]);
  });
});

describe("an upload in parts that goes wrong", () => {
  const cases: readonly (readonly [string, number, DemoFailure, string, RegExp])[] = [
    ["refused at first", 0, { status: 429 }, "provider-busy", /is busy, so trace\.go was not/],
    ["without an id", 0, { status: 200, body: {} }, "response-malformed", /reply for trace\.go/],
    ["reset in its first part", 1, "reset", "provider-unreachable", /while trace\.go was sent/],
    ["failed in its second part", 2, { status: 500 }, "provider-busy", /trace\.go may not have/],
    ["refused at its end", 3, { status: 400 }, "provider-rejected", /trace\.go was not uploaded/],
    ["with a page at its end", 3, { status: 200, body: "<p>" }, "response-malformed", /a page/],
    [
      "that is not complete",
      3,
      { status: 200, body: { id: "upload_1", status: "pending", file: null } },
      "response-malformed",
      /an upload that is not complete for trace\.go/,
    ],
  ];
  for (const [name, nth, failure, code, message] of cases) {
    it(`${name} is one error, and cancelled`, async (test) => {
      const server = await started(test);
      await assert.rejects(filesAt(server, nth, failure).upload(large, never), { code, message });
      await cancelled(server, nth);
      assert.deepEqual(server.files, []);
    });
  }

  it("whose last reply is lost may have become a file", async (test) => {
    const server = await started(test);
    const files = filesAt(server, 3, "reset-after");
    await assert.rejects(files.upload(large, never), { code: "provider-unreachable" });
    const [found] = await files.list(never);
    assert.ok(carriesTag(found?.name ?? "", contentId, uploadId));
  });

  for (const nth of [0, 1, 2, 3]) {
    it(`can be left at once, in its request ${nth + 1}`, async (test) => {
      const server = await started(test);
      const controller = new AbortController();
      const running = filesAt(server, nth, "hang").upload(large, controller.signal);
      void reached(server, nth).then(() => controller.abort());
      await assert.rejects(running, isAbort);
      await cancelled(server, nth);
    });
  }

  it("is given up in time", async (test) => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked: number[] = [];
    const { mock: spy } = mock.method(AbortSignal, "timeout", (milliseconds: number) => {
      asked.push(milliseconds);
      return timeout(Math.ceil(milliseconds / 1000));
    });
    try {
      const server = await started(test);
      await assert.rejects(filesAt(server, 2, "hang").upload(large, never), {
        code: "provider-unreachable",
        message: /because it did not answer in time while trace\.go was sent/,
      });
      assert.equal(asked[0], 60_000);
      // The parts share 60 seconds and a millisecond for every 50 bytes.
      assert.ok(asked.slice(1, 3).every((each) => each > 60_000 && each <= 70_000));
    } finally {
      spy.restore();
    }
  });
});

/** The files of an adapter with small parts, whose nth request, counted from 0, fails. */
function filesAt(server: DemoServer, nth?: number, failure: DemoFailure = "reset"): ProviderFiles {
  const send = leadingTo(server.url);
  let count = 0;
  const { files } = createOpenAi({
    baseUrl: ownAddress,
    key: "sk-test",
    account: "",
    partSize,
    fetch(url, init) {
      if (count === nth) server.fail(failure);
      count += 1;
      return send(url, init);
    },
  });
  return files;
}

/** Waits until the server has the nth request. */
async function reached(server: DemoServer, nth: number): Promise<void> {
  while (server.requests.length <= nth) await sleep(10);
}

/** Waits until the server has learned that an upload has come to nothing, if it has heard of it at all. */
async function cancelled(server: DemoServer, failedAt: number): Promise<void> {
  if (failedAt === 0) return assert.equal(server.requests.length, 1);
  await reached(server, failedAt + 1);
  await sleep(20);
  assert.equal(server.uploads[0]?.status, "cancelled");
  assert.equal(server.requests.length, failedAt + 2);
}
