/** What may be tried again, of all that providers are known to answer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ContextError } from "../../src/core/errors.ts";
import { type CallSite, failureOf } from "../../src/providers/http.ts";

const site: CallSite = { provider: "Anybody", baseUrl: "https://anybody.example/v1", key: "sk-1" };
const never = new AbortController().signal;

function errorOf(
  status: number | undefined,
  error: unknown,
  headers: Readonly<Record<string, string>> = {},
): ContextError {
  return failureOf({ status, error, headers: new Headers(headers) }, site, never) as ContextError;
}

describe("what is used up is not asked for again", () => {
  const dailyQuota = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
  };
  const glm = [1113, 1308, 1309, 1310, 1311, 1313, 1316, 1317, 1318, 1319, 1320, 1321];
  const cases: readonly (readonly [string, number | undefined, object])[] = [
    ["OpenAI's quota", 429, { code: "insufficient_quota", message: "You exceeded your quota." }],
    ["OpenAI's quota, in a stream", undefined, { code: "insufficient_quota" }],
    ["OpenAI's limit of costs", 400, { code: "billing_hard_limit_reached" }],
    ["Kimi's quota", 429, { type: "exceeded_current_quota_error" }],
    ["Azure's files", 400, { code: "quotaExceeded", message: "The maximum is 500." }],
    ["OpenRouter's credits", 402, { code: 402, message: "Insufficient credits" }],
    ["OpenRouter's credits, in a stream", undefined, { code: 402 }],
    ["DeepSeek's balance", 402, { message: "Insufficient Balance" }],
    ["Gemini's quota of a day", 429, { status: "RESOURCE_EXHAUSTED", details: [dailyQuota] }],
    ...glm.map((code) => [`GLM's ${code}`, 429, { code: String(code) }] as const),
  ];
  for (const [name, status, error] of cases) {
    it(name, () => {
      const found = errorOf(status, error, { "retry-after": "5" });
      assert.equal(found.code, "quota-exceeded");
      assert.equal(found.facts.retryAfter, undefined);
      assert.match(
        found.message,
        /^The quota of the Anybody account is used up, so nothing was done( \(.+\))?: check its plan/,
      );
    });
  }
});

describe("what passes may be tried again", () => {
  const cases: readonly (readonly [string, number | undefined, object, ContextError["code"]])[] = [
    ...[408, 409, 425, 429, 500, 503, 529, 544].map(
      (status) => [String(status), status, {}, "provider-busy"] as const,
    ),
    ...[502, 504].map((status) => [String(status), status, {}, "provider-unreachable"] as const),
    ["OpenAI's rate", 429, { code: "rate_limit_exceeded" }, "provider-busy"],
    ["Kimi's engine", 429, { type: "engine_overloaded_error" }, "provider-busy"],
    ...[1302, 1305].map(
      (code) => [`GLM's ${code}`, 429, { code: String(code) }, "provider-busy"] as const,
    ),
    ["Azure's rate", 429, { code: "RateLimitReached" }, "provider-busy"],
    ["OpenRouter's rate, in a stream", undefined, { code: 429 }, "provider-busy"],
    ["OpenRouter's upstream, in a stream", undefined, { code: 502 }, "provider-unreachable"],
    ["an overload, in a stream", undefined, { type: "overloaded_error" }, "provider-busy"],
  ];
  for (const [name, status, error, code] of cases) {
    it(name, () => assert.equal(errorOf(status, error).code, code));
  }
});

describe("what does not pass is not tried again", () => {
  const cases: readonly (readonly [string, number, object, ContextError["code"]])[] = [
    ["400", 400, { type: "invalid_request_error" }, "provider-rejected"],
    ["404", 404, {}, "provider-rejected"],
    ["413", 413, {}, "provider-rejected"],
    ["422", 422, {}, "provider-rejected"],
    ["499", 499, {}, "provider-rejected"],
    ["401", 401, {}, "key-rejected"],
    ["403", 403, {}, "key-rejected"],
    ["a name that is taken", 409, { message: "The resource already exists" }, "provider-rejected"],
    ["a duplicate", 409, { code: "Duplicate" }, "provider-rejected"],
    ["a number that is no status", 400, { code: 1302 }, "provider-rejected"],
  ];
  for (const [name, status, error, code] of cases) {
    it(name, () => assert.equal(errorOf(status, error).code, code));
  }
});

describe("a provider's own word about trying again goes first", () => {
  const yes = { "x-should-retry": "true" };
  const no = { "x-should-retry": "false" };
  it("no", () => {
    for (const status of [408, 409, 429, 500, 502, 503]) {
      assert.equal(errorOf(status, {}, no).code, "provider-rejected", String(status));
    }
    assert.equal(errorOf(401, {}, no).code, "key-rejected");
  });
  it("yes", () => {
    assert.equal(errorOf(400, {}, yes).code, "provider-busy");
    assert.equal(errorOf(504, {}, yes).code, "provider-unreachable");
    assert.equal(errorOf(401, {}, yes).code, "key-rejected");
    assert.equal(errorOf(429, { code: "insufficient_quota" }, yes).code, "quota-exceeded");
  });
});

describe("the wait that a provider asks for", () => {
  const later = new Date(Date.now() + 90_000).toUTCString();
  const cases: readonly (readonly [Readonly<Record<string, string>>, number | undefined])[] = [
    [{}, undefined],
    [{ "retry-after": "1" }, 1000],
    [{ "retry-after": "3600" }, 3_600_000],
    [{ "retry-after": "0" }, 250],
    [{ "retry-after-ms": "20" }, 250],
    // Azure OpenAI
    [{ "retry-after": "1", "retry-after-ms": "0" }, 1000],
    [{ "retry-after": "1", "retry-after-ms": "1500.5" }, 1501],
    [{ "retry-after": "Wed, 01 Jan 2020 00:00:00 GMT" }, 250],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "6m0s" }, undefined],
  ];
  for (const [headers, wait] of cases) {
    it(JSON.stringify(headers), () => {
      assert.equal(errorOf(429, {}, headers).facts.retryAfter, wait);
    });
  }
  it("is a date, too", () => {
    const { retryAfter = 0 } = errorOf(503, {}, { "retry-after": later }).facts;
    assert.ok(retryAfter > 80_000 && retryAfter <= 90_000, String(retryAfter));
  });
  it("may stand in the reply of Google", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }];
    assert.equal(errorOf(429, { status: "RESOURCE_EXHAUSTED", details }).facts.retryAfter, 34_500);
  });
  it("is told only where trying again makes sense", () => {
    assert.equal(errorOf(400, {}, { "retry-after": "5" }).facts.retryAfter, undefined);
  });
});
