/** What every adapter makes of a server that goes wrong: one error, after one request, without the key. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it, mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { type ContextError, isAbort, isContextError } from "../../src/core/errors.ts";
import type { Provider } from "../../src/core/ports/provider.ts";
import { type Fault, faults, key } from "./faults.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";

const never = new AbortController().signal;

/** A call of an adapter that sends one request. */
export type Operation = (provider: Provider, signal: AbortSignal) => Promise<unknown>;

/** An adapter that is led to servers which go wrong. */
export interface FaultSubject {
  /** The provider's name for people. */
  readonly name: string;
  /** An adapter for the server at this address, with the key of `faults.ts`. */
  readonly open: (url: string) => Provider;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Faults, by the beginning of their names, that are not faults for an operation, or other ones. */
  readonly except?: Readonly<Record<string, readonly string[]>>;
}

/** Uploads a table that the user knows as `sales.csv`. */
export function uploadFor(purpose: string): Operation {
  return async (provider, signal) =>
    provider.files?.upload(
      {
        name: "sales.stc-0123456789ab-cdef01.csv",
        contentId: "0".repeat(64),
        file: "sales.csv",
        mediaType: "text/csv",
        bytes: new TextEncoder().encode("a,b\n1,2\n"),
        purpose,
      },
      signal,
    );
}

/** Asks `gpt-x` a question. */
export async function ask(provider: Provider, signal: AbortSignal): Promise<void> {
  const messages = [{ role: "user", content: "Hi" }] as const;
  for await (const event of provider.chat?.chat({ model: "gpt-x", messages }, signal) ?? [])
    void event;
}

export function describeFaults(subject: FaultSubject): void {
  describe(`${subject.name}: a fault becomes one error, after one request, and never tells the key`, () => {
    for (const fault of faults) {
      for (const [name, operation] of Object.entries(subject.operations)) {
        if (isLeftOut(subject, fault, name)) continue;
        it(`${fault.name} at ${name}`, async (test) => {
          const server = await startFaultyServer(test, fault.answer);
          const error = await failure(operation(subject.open(server.url), never));
          checkFault(subject.name, fault, error);
          assert.equal(error.facts.file, name === "upload" ? "sales.csv" : undefined);
          assert.equal(server.requests.length, 1);
        });
      }
    }
  });
  describeSlowServers(subject);
  describeSilence(subject);
}

/** The error of an operation, after a look through all of it for the key. */
export async function failure(operation: Promise<unknown>): Promise<ContextError> {
  const error = await operation.then(
    (value) => assert.fail(`no error but ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(isContextError(error), inspect(error));
  assert.doesNotMatch(error.message, /\.$(?<!\.\.\.)|\n/);
  assert.ok(safe(error));
  return error;
}

function isLeftOut({ except = {} }: FaultSubject, fault: Fault, operation: string): boolean {
  const own = Object.entries(except).flatMap(([beginning, operations]) =>
    fault.name.startsWith(beginning) ? operations : [],
  );
  return fault.except?.includes(operation) === true || own.includes(operation);
}

function checkFault(provider: string, fault: Fault, error: ContextError): void {
  const says = new RegExp(fault.says.source.replaceAll("OpenAI", provider), fault.says.flags);
  assert.equal(error.code, fault.code, error.message);
  assert.match(error.message, says);
  assert.equal(error.facts.status, fault.status);
  assert.equal(error.facts.retryAfter, fault.retryAfter);
  assert.equal(error.facts.provider, provider);
}

const slow: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "never answers": () => {},
  "never ends its reply": (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"id":"file-1",');
  },
  "never ends its refusal": (response) => {
    response.writeHead(500, { "content-type": "application/json" });
    response.write('{"error":');
  },
  "drips an answer": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": still here\n\n");
  },
};

function describeSlowServers({ name: provider, open, operations }: FaultSubject): void {
  describe(`${provider}: a slow server`, () => {
    for (const [name, answer] of Object.entries(slow)) {
      for (const [operation, start] of Object.entries(operations)) {
        it(`that ${name} can be left at once (${operation})`, async (test) => {
          const server = await startFaultyServer(test, answer);
          const controller = new AbortController();
          const running = start(open(server.url), controller.signal);
          const rejected = assert.rejects(running, (error) => isAbort(error) && safe(error));
          while (server.requests.length === 0) await sleep(5);
          await sleep(20);
          const begin = performance.now();
          controller.abort();
          await rejected;
          assert.ok(performance.now() - begin < 1100);
          assert.equal(server.requests.length, 1);
        });
      }
    }
  });
}

function describeSilence({ name, open, operations }: FaultSubject): void {
  it(`${name}: nothing is printed, whatever the environment asks for`, async (test) => {
    process.env["OPENAI_LOG"] = "debug";
    const methods = ["log", "info", "warn", "error", "debug"] as const;
    const spies = methods.map((method) => mock.method(console, method, () => {}));
    try {
      const server: FaultyServer = await startFaultyServer(test, (response) => {
        response.writeHead(503, { "content-type": "text/html" }).end(`<p>${key}</p>`);
      });
      for (const operation of Object.values(operations)) {
        await failure(operation(open(server.url), never));
      }
      assert.deepEqual(
        spies.map((spy) => spy.mock.callCount()),
        [0, 0, 0, 0, 0],
      );
    } finally {
      delete process.env["OPENAI_LOG"];
      mock.restoreAll();
    }
  });
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
