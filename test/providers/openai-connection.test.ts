import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { startDemoServer } from "../demo/server.ts";
import { ask, failure, type Operation, uploadFor } from "./contract-faults.ts";
import { key } from "./faults.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";

const never = new AbortController().signal;

const operations: Readonly<Record<string, Operation>> = {
  upload: uploadFor("user_data"),
  list: async ({ files }, signal) => files?.list(signal),
  get: async ({ files }, signal) => files?.get("file-abc", signal),
  delete: async ({ files }, signal) => files?.delete("file-abc", signal),
  models: async ({ chat }, signal) => chat?.models(signal),
  chat: ask,
};

function run(server: FaultyServer, operation: string): Promise<unknown> {
  const provider = createOpenAi({ baseUrl: server.url, key, account: "" });
  return operations[operation]?.(provider, never) ?? assert.fail(operation);
}

describe("a connection that fails", () => {
  it("because it is refused", async (test) => {
    const server = await startFaultyServer(test, () => {});
    await server.stop();
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "provider-unreachable");
    assert.equal(
      error.message,
      `OpenAI could not be reached at ${server.url}, because the connection was refused while sales.csv was sent: check the network and the base URL, then try again`,
    );
  });

  const addresses: readonly (readonly [string, (url: string) => string, RegExp])[] = [
    [
      "because its name is not found",
      () => "http://nowhere.invalid/v1",
      /at http:\/\/nowhere\.invalid\/v1, because its name was not found/,
    ],
    [
      "because it is not encrypted",
      (url) => url.replace("http:", "https:"),
      /at https:\/\/127\.0\.0\.1:\d+\/v1, because it does not speak https/,
    ],
  ];
  for (const [name, address, says] of addresses) {
    it(name, async (test) => {
      const server = await startFaultyServer(test, () => {});
      const provider = createOpenAi({ baseUrl: address(server.url), key, account: "" });
      for (const operation of Object.values(operations)) {
        const error = await failure(operation(provider, never));
        assert.equal(error.code, "provider-unreachable");
        assert.match(error.message, says);
      }
      assert.equal(server.requests.length, 0);
    });
  }

  it("in the middle of an upload", async (test) => {
    const server = await startFaultyServer(test, () => {}, { cutAfter: 100_000 });
    const error = await failure(uploadLarge(server));
    assert.equal(error.code, "provider-unreachable");
    assert.match(error.message, /because the connection broke while sales\.csv was sent/);
    assert.equal(server.requests.length, 1);
  });

  it("after an upload, which is there and not sent again", async (test) => {
    const demo = await startDemoServer();
    test.after(() => demo.stop());
    demo.fail("reset-after");
    const provider = createOpenAi({ baseUrl: demo.url, account: "" });
    const error = await failure(uploadFor("user_data")(provider, never));
    assert.equal(error.code, "provider-unreachable");
    assert.equal(demo.requests.length, 1);
    assert.equal((await provider.files.list(never)).length, 1);
  });
});

describe("a server that takes its time is given up", () => {
  it("when it never ends a reply", async (test) => {
    hurry(test);
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"id":"file-1",');
    });
    for (const operation of ["upload", "list", "get", "delete", "models"]) {
      const error = await failure(run(server, operation));
      assert.equal(error.code, "provider-unreachable");
      assert.match(error.message, /because it did not answer in time/);
    }
    assert.equal(server.requests.length, 5);
  });

  it("when it does not take what it is sent", async (test) => {
    hurry(test);
    const server = await startFaultyServer(test, () => {}, { readsNothing: true });
    const error = await failure(uploadLarge(server));
    assert.equal(error.code, "provider-unreachable");
    assert.match(error.message, /because it did not answer in time while sales\.csv was sent/);
    assert.equal(server.requests.length, 1);
  });

  it("but an answer may go on as long as it likes", async (test) => {
    hurry(test);
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const write = (delta: object, reason: string | null): unknown =>
        response.write(
          `data: ${JSON.stringify({ choices: [{ delta, finish_reason: reason }] })}\n\n`,
        );
      write({ content: "Let me think." }, null);
      setTimeout(() => {
        write({}, "stop");
        response.end("data: [DONE]\n\n");
      }, 900);
    });
    await run(server, "chat");
  });
});

/** Time limits are a hundred times shorter. */
function hurry(test: TestContext): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  test.mock.method(AbortSignal, "timeout", (milliseconds: number) =>
    timeout(Math.ceil(milliseconds / 100)),
  );
}

function uploadLarge(server: FaultyServer): Promise<unknown> {
  const request: UploadRequest = {
    name: "sales.stc-0123456789ab-cdef01.csv",
    contentId: "0".repeat(64),
    file: "sales.csv",
    mediaType: "text/csv",
    bytes: new Uint8Array(8_000_000),
    purpose: "user_data",
  };
  return createOpenAi({ baseUrl: server.url, key, account: "" }).files.upload(request, never);
}
