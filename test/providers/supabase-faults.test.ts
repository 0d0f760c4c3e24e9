import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it, mock } from "node:test";
import { inspect } from "node:util";
import { type ContextError, isAbort, isContextError } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createSupabase } from "../../src/providers/supabase.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";
import { faults, json, key, page, refuse } from "./supabase-faults.ts";
import { upload } from "./supabase-request.ts";

const never = new AbortController().signal;
const request = upload("sales.csv", "a,b\n1,2\n");
const id = `user-files/${request.contentId.slice(0, 2)}/${request.contentId}/${request.name}`;

type Operation = (
  files: ProviderWith<"files">["files"],
  signal: AbortSignal,
) => Promise<unknown> | undefined;

const operations: Readonly<Record<string, Operation>> = {
  upload: (files, signal) => files.upload(request, signal),
  list: (files, signal) => files.list(signal),
  get: (files, signal) => files.get(id, signal),
  delete: (files, signal) => files.delete(id, signal),
  download: (files, signal) => files.download?.(id, signal),
  link: (files, signal) => files.link?.(id, 60, signal),
};

describe("a fault becomes one error, after one request, and never tells the key", () => {
  for (const fault of faults) {
    for (const name of Object.keys(operations)) {
      if (fault.except?.includes(name)) continue;
      it(`${fault.name} at ${name}`, async (test) => {
        const server = await startFaultyServer(test, fault.answer);
        const error = await failure(run(server, name));
        assert.equal(error.code, fault.code, error.message);
        assert.match(error.message, fault.says);
        assert.equal(error.facts.status, fault.status);
        assert.equal(error.facts.retryAfter, fault.retryAfter);
        assert.equal(error.facts.provider, "Supabase Storage");
        assert.equal(error.facts.file, name === "upload" ? "sales.csv" : undefined);
        assert.equal(server.requests.length, 1);
      });
    }
  }

  it("a refused connection", async (test) => {
    const server = await startFaultyServer(test, () => {});
    await server.stop();
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "provider-unreachable");
    assert.match(error.message, /because the connection was refused while sales\.csv was sent/);
  });

  it("an object without a key in a list", async (test) => {
    const objects = [{ id: "x", metadata: {} }];
    const server = await startFaultyServer(test, json(200, { objects, hasNext: false }));
    const error = await failure(run(server, "list"));
    assert.equal(error.code, "response-malformed");
  });

  for (const nextCursor of [undefined, "again"]) {
    it(`a list without end (${nextCursor})`, async (test) => {
      const list = { objects: [], folders: [], hasNext: true, nextCursor };
      const server = await startFaultyServer(test, json(200, list));
      const error = await failure(run(server, "list"));
      assert.equal(error.code, "response-malformed");
      assert.match(error.message, /a list of files that does not end/);
      assert.equal(server.requests.length, nextCursor === undefined ? 1 : 2);
    });
  }
});

describe("what a server may also say", () => {
  const noBucket = refuse("404", "NoSuchBucket", "Bucket not found");

  it("a list of several pages in each bucket", async (test) => {
    const bodies: string[] = [];
    const server = await startFaultyServer(test, (response, { url = "" }) => {
      const bucket = url.split("/").at(-1);
      const number = bodies.push(url);
      const created_at = "2026-08-21T10:00:00.123456+00:00";
      const name = `page ${number} of ${bucket}`;
      const hasNext = number % 2 === 1;
      const objects = [{ name, id: "x", created_at, metadata: { size: number } }];
      json(200, { objects, folders: [], hasNext, ...(hasNext && { nextCursor: name }) })(response);
    });
    const files = await connect(server).files.list(never);
    assert.deepEqual(
      files.map((file) => [file.id, file.bytes, file.createdAt]),
      ["user-files", "user-files", "generated-files", "generated-files"].map((bucket, index) => [
        `${bucket}/page ${index + 1} of ${bucket}`,
        index + 1,
        Date.UTC(2026, 7, 21, 10, 0, 0, 123),
      ]),
    );
  });

  it("that it has no bucket: there are no files then", async (test) => {
    const server = await startFaultyServer(test, noBucket);
    assert.deepEqual(await connect(server).files.list(never), []);
    await connect(server).files.delete(id, never);
    assert.equal(await connect(server).files.get(id, never), undefined);
  });

  it("that it has no bucket because it takes the list for an upload: that is no empty list", async (test) => {
    const server = await startFaultyServer(test, (response, { url = "" }) =>
      (url.includes("/list-v2/") ? noBucket : json(200, { id: "user-files" }))(response),
    );
    const error = await failure(run(server, "list"));
    assert.equal(error.code, "provider-rejected");
    assert.match(error.message, /too old to list the files of a bucket page by page: update/);
  });

  it("that a bucket is missing, just after it was made", async (test) => {
    const server = await startFaultyServer(test, (response, { url = "" }) =>
      (url.endsWith("/bucket") ? json(200, { name: "user-files" }) : noBucket)(response),
    );
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "response-malformed");
    assert.equal(server.requests.length, 3);
  });

  it("that somebody else made the bucket first", async (test) => {
    let objects = 0;
    const server = await startFaultyServer(test, (response, { url = "" }) => {
      if (url.endsWith("/bucket")) {
        return refuse("409", "BucketAlreadyExists", "The resource already exists")(response);
      }
      if (url.includes("/info/")) return json(200, { name: id.slice(11), size: 8 })(response);
      objects += 1;
      return (objects === 1 ? noBucket : json(200, { Id: "x", Key: id }))(response);
    });
    assert.equal((await connect(server).files.upload(request, never)).id, id);
  });

  it("that it lost what it has just taken", async (test) => {
    const server = await startFaultyServer(test, (response, { method }) =>
      (method === "POST"
        ? json(200, { Id: "x", Key: id })
        : refuse("404", "NoSuchKey", "Object not found"))(response),
    );
    const error = await failure(run(server, "upload"));
    assert.equal(error.code, "upload-unfinished");
  });

  for (const [answer, code] of [
    [refuse("429", "SlowDown", "Too many requests", 429), "provider-busy"],
    [page(502), "provider-unreachable"],
    [refuse("403", "AccessDenied", "Access denied"), "upload-unfinished"],
    [page(200), "response-malformed"],
  ] as const) {
    it(`no to the look after an upload: that is no refusal of it (${code})`, async (test) => {
      const server = await startFaultyServer(test, (response, { method }) =>
        (method === "POST" ? json(200, { Id: "x", Key: id }) : answer)(response),
      );
      const error = await failure(run(server, "upload"));
      assert.equal(error.code, code);
      assert.equal(error.facts.status, undefined);
      assert.equal(server.requests.length, 2);
    });
  }

  for (const deleted of [json(200, []), page(200)]) {
    it("nothing of use about a deletion", async (test) => {
      const server = await startFaultyServer(test, (response, { method }) =>
        (method === "DELETE" ? deleted : json(200, { name: id.slice(11), size: 8 }))(response),
      );
      const error = await failure(run(server, "delete"));
      assert.ok(["key-rejected", "response-malformed"].includes(error.code));
    });
  }
});

describe("a slow server", () => {
  const slow: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "never answers": () => {},
    "never ends its reply": (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"Id":"x",');
    },
    "never ends its refusal": (response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.write('{"statusCode":');
    },
  };
  for (const [name, answer] of Object.entries(slow)) {
    for (const operation of Object.keys(operations)) {
      it(`that ${name} can be left at once (${operation})`, async (test) => {
        const controller = new AbortController();
        let aborted = Infinity;
        const server = await startFaultyServer(test, (response) => {
          answer(response);
          setTimeout(() => {
            aborted = performance.now();
            controller.abort();
          }, 30);
        });
        const running = run(server, operation, controller.signal);
        await assert.rejects(running, (error) => isAbort(error) && safe(error));
        assert.ok(performance.now() - aborted < 1000);
        assert.equal(server.requests.length, 1);
      });
    }
  }
});

it("nothing is printed", async (test) => {
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const spies = methods.map((method) => mock.method(console, method, () => {}));
  try {
    const server = await startFaultyServer(test, refuse("500", "InternalError", "No", 500));
    for (const operation of Object.keys(operations)) await failure(run(server, operation));
    assert.deepEqual(
      spies.map((spy) => spy.mock.callCount()),
      [0, 0, 0, 0, 0],
    );
  } finally {
    mock.restoreAll();
  }
});

function connect({ url: baseUrl }: FaultyServer): ProviderWith<"files"> {
  return createSupabase({ baseUrl, key, account: "" });
}

function run(server: FaultyServer, operation: string, signal = never): Promise<unknown> {
  return operations[operation]?.(connect(server).files, signal) ?? assert.fail(operation);
}

/** The error of an operation, after a look through all of it for the key. */
async function failure(operation: Promise<unknown>): Promise<ContextError> {
  const error = await operation.then(
    (value) => assert.fail(`no error but ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(isContextError(error), inspect(error));
  assert.doesNotMatch(error.message, /\.$|\n/);
  assert.ok(safe(error));
  return error;
}

/** Throws if the key, or most of it, can be found in an error. */
function safe(error: unknown): boolean {
  const parts = [
    inspect(error, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(error),
  ];
  for (let each = error; each instanceof Error; each = each.cause) parts.push(each.stack ?? "");
  assert.doesNotMatch(parts.join("\n"), /canary|3f9a7c51/);
  return true;
}
