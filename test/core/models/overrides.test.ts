import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readOverrides, withOverrides } from "../../../src/core/models/overrides.ts";
import type { Model } from "../../../src/core/ports/provider-chat.ts";

const providers = ["openai", "local"];

const known: Model = {
  id: "gpt-5.5",
  name: "GPT-5.5",
  maxInputTokens: 922_000,
  maxOutputTokens: 128_000,
  guessed: false,
  prices: { input: 5, cached: 0.5, output: 30 },
  takes: ["application/pdf"],
};

function applied(setting: unknown, models: readonly Model[] = [known]): readonly Model[] {
  return withOverrides("openai", models, readOverrides(setting, providers));
}

test("without a setting the models stay as they are", () => {
  for (const setting of [undefined, null, {}]) {
    assert.deepEqual(applied(setting), [known]);
    assert.deepEqual(readOverrides(setting, providers).problems, []);
  }
});

test("what the user says stands instead of what the catalog says, and the rest stays", () => {
  const prices = { input: 1, output: 2 };
  assert.deepEqual(applied({ "openai/gpt-5.5": { maxInputTokens: 100_000, prices, takes: [] } }), [
    { ...known, maxInputTokens: 100_000, prices, takes: [] },
  ]);
});

test("a model that its provider does not list is added, with careful limits where the user names none", () => {
  const [, added] = applied({ "openai/team/tuned-1": { name: "Our own" } });
  assert.deepEqual(added, {
    id: "team/tuned-1",
    name: "Our own",
    maxInputTokens: 32_768,
    maxOutputTokens: 4_096,
    guessed: true,
  });
});

test("limits that the user names are no guesses", () => {
  const guessed: Model = { ...known, id: "new", guessed: true };
  const limits = { maxInputTokens: 200_000, maxOutputTokens: 10_000 };
  assert.equal(applied({ "openai/new": limits }, [guessed])[0]?.guessed, false);
  assert.equal(applied({ "openai/new": { maxInputTokens: 9 } }, [guessed])[0]?.guessed, true);
});

test("an entry is for one provider only", () => {
  assert.deepEqual(applied({ "local/gpt-5.5": { name: "Other" } }), [known]);
});

const nonsense: readonly (readonly [setting: unknown, problem: RegExp])[] = [
  ["gpt-5.5", /^it is no object$/u],
  [[], /^it is no object$/u],
  [{ "gpt-5.5": {} }, /^gpt-5\.5: an entry is named provider\/model$/u],
  [{ "openai/": {} }, /an entry is named provider\/model/u],
  [{ "opnai/gpt-5.5": {} }, /^opnai\/gpt-5\.5: there is no provider opnai$/u],
  [{ "openai/a": 3 }, /^openai\/a: the entry is no object$/u],
  [{ "openai/a": { maxInputTokens: "many" } }, /maxInputTokens is no whole number above 0/u],
  [{ "openai/a": { maxInputTokens: 0 } }, /maxInputTokens is no whole number above 0/u],
  [{ "openai/a": { maxOutputTokens: 1.5 } }, /maxOutputTokens is no whole number above 0/u],
  [{ "openai/a": { maxTokens: 5 } }, /maxTokens is not known/u],
  [{ "openai/a": { toString: 5 } }, /toString is not known/u],
  [{ "openai/a": { name: " " } }, /name is no text, or empty/u],
  [{ "openai/a": { takes: "image/*" } }, /takes is no list of media types/u],
  [{ "openai/a": { takes: ["pdf"] } }, /takes is no list of media types/u],
  [{ "openai/a": { prices: 3 } }, /prices are no object/u],
  [{ "openai/a": { prices: { input: 3 } } }, /prices need input and output/u],
  [{ "openai/a": { prices: { input: -1, output: 3 } } }, /input is no number from 0 on/u],
  [{ "openai/a": { prices: { input: 1, output: 3, cach: 1 } } }, /cach is not known/u],
  [
    { "openai/a": { prices: { input: 1, output: 3, cached: 2 } } },
    /prices have cached input dearer than other/u,
  ],
];

for (const [setting, problem] of nonsense) {
  test(`${JSON.stringify(setting)} is named and ignored`, () => {
    const { byId, problems } = readOverrides(setting, providers);
    assert.equal(byId.size, 0);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", problem);
  });
}

test("one bad entry spoils no other", () => {
  const setting = { "openai/gpt-5.5": { name: "Fine" }, "openai/b": { maxInputTokens: -1 } };
  assert.equal(readOverrides(setting, providers).problems.length, 1);
  assert.equal(applied(setting)[0]?.name, "Fine");
  assert.equal(applied(setting).length, 1);
});

test("whatever stands in the setting, models keep limits that can be used", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("openai/gpt-5.5", "openai/x", "x", "__proto__"), fc.anything()),
      (setting) => {
        for (const { maxInputTokens, maxOutputTokens, prices } of applied(setting)) {
          assert.ok(Number.isSafeInteger(maxInputTokens) && maxInputTokens > 0);
          assert.ok(Number.isSafeInteger(maxOutputTokens) && maxOutputTokens > 0);
          assert.ok(!prices || (prices.input >= 0 && prices.output >= 0));
        }
      },
    ),
  );
});
