import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  compatibleModel,
  isOpenAiAddress,
  offeredByOpenAi,
  openAiModels,
} from "../../src/providers/models-openai.ts";

describe("OpenAI's models", () => {
  it("are those that can chat of all that it lists, known ones first", () => {
    const listed = [
      "text-embedding-3-large",
      "tts-1-hd",
      "whisper-1",
      "gpt-image-1",
      "dall-e-3",
      "omni-moderation-latest",
      "gpt-4o-audio-preview",
      "gpt-4o-realtime-preview",
      "gpt-4o-transcribe",
      "gpt-4o-mini-tts",
      "gpt-4o-search-preview",
      "gpt-3.5-turbo-instruct",
      "gpt-5-codex",
      "gpt-5.5-pro",
      "gpt-5.6-cyber",
      "o3-deep-research",
      "computer-use-preview",
      "gpt-live-1",
      "sora-2",
      "babbage-002",
      "ft:gpt-4o:somebody::abc",
      "gpt-9-nova",
      "gpt-4o",
      "gpt-5.5-2026-04-23",
      "gpt-5.5",
    ];
    assert.deepEqual(
      offeredByOpenAi(listed).map((model) => [model.id, model.guessed]),
      [
        ["gpt-5.5", false],
        ["gpt-5.5-2026-04-23", false],
        ["gpt-4o", false],
        ["gpt-9-nova", true],
      ],
    );
  });

  it("have its prices, and at another server the same limits alone", () => {
    const [model] = offeredByOpenAi(["gpt-5.5"]);
    assert.deepEqual(model?.prices, { input: 5, cached: 0.5, output: 30 });
    const elsewhere = compatibleModel("gpt-5.5");
    assert.equal(elsewhere.maxInputTokens, model?.maxInputTokens);
    assert.equal("prices" in elsewhere, false);
    assert.equal(compatibleModel("llama-3.2-1b").guessed, true);
  });

  it("all have prices, and are counted exactly", () => {
    for (const { id, prices, tokenizer } of openAiModels) {
      assert.ok(prices && prices.cached !== undefined, id);
      assert.equal(tokenizer, "o200k_base", id);
    }
  });

  it("cost a quarter more to write to the cache since GPT-5.6", () => {
    const [newer, older] = offeredByOpenAi(["gpt-5.6", "gpt-5.5"]);
    assert.equal(newer?.prices?.cacheWrite, 2.5);
    assert.equal(older?.prices?.cacheWrite, undefined);
  });

  it("are filtered at its own servers alone", () => {
    assert.ok(isOpenAiAddress("https://api.openai.com/v1"));
    assert.ok(isOpenAiAddress("https://eu.api.openai.com/v1"));
    assert.ok(!isOpenAiAddress("https://api.openai.com.example.org/v1"));
    assert.ok(!isOpenAiAddress("https://notapi.openai.com/v1"));
    assert.ok(!isOpenAiAddress("http://localhost:1234/v1"));
    assert.ok(!isOpenAiAddress(""));
  });
});
