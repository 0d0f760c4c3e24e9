import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ContextError } from "../../src/core/errors.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createZhipu } from "../../src/providers/zhipu.ts";
import { ask, describeFaults, failure, type Operation, uploadFor } from "./contract-faults.ts";
import { json, key } from "./faults.ts";
import { startFaultyServer } from "./faulty-server.ts";

const signal = new AbortController().signal;
const question = { model: "glm-5.3", messages: [{ role: "user", content: "Hi" }] } as const;

const operations: Readonly<Record<string, Operation>> = {
  upload: uploadFor("agent"),
  list: async (provider, until) => provider.files?.list(until),
  get: async (provider, until) => provider.files?.get("file-abc", until),
  delete: async (provider, until) => provider.files?.delete("file-abc", until),
  count: async (provider, until) => provider.chat?.countTokens?.(question, until),
  chat: ask,
};

describeFaults({
  name: "Zhipu GLM",
  open,
  operations,
  except: {
    "404": ["count"],
    // It may mean that there is no such file, so the list is read, too.
    "400": ["delete"],
    "an object without an id": ["count"],
  },
});

describe("GLM's business codes", () => {
  const cases: readonly (readonly [
    codes: string,
    operation: string,
    status: number,
    code: ContextError["code"],
    says: RegExp,
  ])[] = [
    [
      "1000 1001 1003 1005",
      "list",
      401,
      "key-rejected",
      /^Zhipu GLM rejected the API key: .*bigmodel\.cn works only .* z\.ai only with one at https:\/\/api\.z\.ai$/,
    ],
    ["1220", "list", 403, "key-rejected", /does not let this API key do that \(In its own words\)/],
    [
      "1113",
      "chat",
      429,
      "quota-exceeded",
      /^The Zhipu GLM account has no money for this, so there is no answer: recharge it, or, .* \/api\/coding\/paas\/v4$/,
    ],
    [
      "1304 1308 1310 1313 1316 1317 1318 1319 1320 1321",
      "chat",
      429,
      "quota-exceeded",
      /^The plan of the Zhipu GLM account is used up for now, so there is no answer \(In its own words\): wait/,
    ],
    [
      "1309 1311 1314 1315",
      "upload",
      429,
      "quota-exceeded",
      /^The plan of the Zhipu GLM account does not include this, so sales\.csv was not uploaded \(In its own words\): renew/,
    ],
    [
      "1302 1303 1305",
      "chat",
      429,
      "provider-busy",
      /^Zhipu GLM is busy, so there is no answer: try again in a moment$/,
    ],
    [
      "1200 1230 1234",
      "upload",
      500,
      "provider-busy",
      /^Zhipu GLM has trouble of its own, and sales\.csv may not have arrived: try again/,
    ],
    ["1211", "chat", 400, "provider-rejected", /^Zhipu GLM has no model "gpt-x" for this account/],
    [
      "1261",
      "chat",
      400,
      "provider-rejected",
      /^Zhipu GLM says that the request is too long for gpt-x: evict files/,
    ],
    [
      "1301",
      "chat",
      400,
      "provider-rejected",
      /^Zhipu GLM refused the request for reasons of safety, so there is no answer \(In its own words\): change/,
    ],
    [
      "1210 1213 1214 1215 1221 1222",
      "upload",
      400,
      "provider-rejected",
      /^Zhipu GLM refused the request, so sales\.csv was not uploaded: In its own words$/,
    ],
  ];
  for (const [codes, operation, status, expected, says] of cases) {
    for (const code of codes.split(" ")) {
      it(`${code} at ${operation}`, async (test) => {
        const server = await startFaultyServer(test, (response) => {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(JSON.stringify({ error: { code, message: "In its own words." } }));
        });
        const run = operations[operation] ?? assert.fail(operation);
        const error = await failure(run(open(server.url), signal));
        assert.equal(error.code, expected, error.message);
        assert.match(error.message, says);
        assert.equal(error.facts.status, status);
        assert.equal(server.requests.length, 1);
      });
    }
  }

  it("mean the same inside of a stream, where there is no status", async (test) => {
    const codes = {
      "1302": "provider-busy",
      "1113": "quota-exceeded",
      "1301": "provider-rejected",
    };
    for (const [code, expected] of Object.entries(codes)) {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(`data: ${JSON.stringify({ error: { code, message: "No" } })}\n\n`);
      });
      const error = await failure(ask(open(server.url), signal));
      assert.equal(error.code, expected);
    }
  });

  it("are not taken from numbers that stand elsewhere", async (test) => {
    const body = { error: { code: "500", message: "Took 1113 ms, 1302 in the queue" } };
    const server = await startFaultyServer(test, (response) => {
      response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    const error = await failure(ask(open(server.url), signal));
    assert.equal(error.code, "provider-busy");
    assert.match(error.message, /trouble of its own/);
  });
});

describe("an answer of GLM that ends badly", () => {
  const chunk = (content: string, reason: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: reason }] })}\n\n`;
  const cases: readonly (readonly [string, string, ContextError["code"], RegExp])[] = [
    [
      "for safety",
      chunk("Hel", "sensitive"),
      "provider-rejected",
      /^Zhipu GLM stopped the answer for reasons of safety/,
    ],
    ["for the network", chunk("Hel", "network_error"), "provider-busy", /its answer breaks off/],
    [
      "for its length",
      chunk("Hel", "model_context_window_exceeded"),
      "provider-rejected",
      /^Zhipu GLM says that the request is too long for gpt-x/,
    ],
    ["without an end", chunk("Hel", null), "response-malformed", /an answer that breaks off/],
    ["in cut JSON", `${chunk("Hel", null)}data: {"choices":[{"del\n\n`, "response-malformed", /./],
    [
      "in JSON that is cut at the end of the stream",
      `${chunk("Hel", null)}data: {"choices":[{"del`,
      "response-malformed",
      /./,
    ],
  ];
  for (const [what, body, code, says] of cases) {
    it(what, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(`${body}data: [DONE]\n\n`);
      });
      const texts: string[] = [];
      const error = await failure(
        (async () => {
          const answer = open(server.url).chat.chat({ ...question, model: "gpt-x" }, signal);
          for await (const event of answer) if (event.kind === "text") texts.push(event.text);
        })(),
      );
      assert.deepEqual(texts, ["Hel"]);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
    });
  }
});

describe("a list of GLM that does not end", () => {
  it("is given up", async (test) => {
    const list = { data: [{ id: "file-1", filename: "a" }], has_more: true };
    for (const operation of ["list", "get"]) {
      const server = await startFaultyServer(test, json(JSON.stringify(list)));
      const error = await failure(
        operations[operation]?.(open(server.url), signal) ?? assert.fail(),
      );
      assert.equal(error.code, "response-malformed");
      assert.equal(server.requests.length, 2);
    }
  });
});

describe("a file that GLM may not have", () => {
  it("is deleted if the list does not know it, and else the refusal counts", async (test) => {
    const server = await startFaultyServer(test, (response, { method }) => {
      response.writeHead(method === "DELETE" ? 400 : 200, { "content-type": "application/json" });
      const refusal = { error: { code: "1214", message: "Invalid parameter" } };
      const list = { object: "list", data: [{ id: "file-there", filename: "a" }], has_more: false };
      response.end(JSON.stringify(method === "DELETE" ? refusal : list));
    });
    const { files } = open(server.url);
    await files.delete("file-gone", signal);
    const error = await failure(files.delete("file-there", signal));
    assert.equal(error.code, "provider-rejected");
    assert.equal(server.requests.length, 4);
  });
});

function open(url: string): ProviderWith<"files" | "chat"> {
  return createZhipu({ baseUrl: url, key, account: "" });
}
