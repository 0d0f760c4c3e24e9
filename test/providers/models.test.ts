import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isOpenAiAddress,
  modelCatalog,
  modelOf,
  offeredByOpenAi,
} from "../../src/providers/models.ts";

describe("the model catalog", () => {
  it("has a source and a date for each row, and no row twice", () => {
    for (const row of modelCatalog) {
      assert.match(row.source, /^https:\/\/\S+$/, row.id);
      assert.match(row.date, /^20\d\d-\d\d-\d\d$/, row.id);
      assert.ok(row.maxInputTokens >= 32_768, row.id);
      assert.ok(row.maxOutputTokens >= 4_096, row.id);
      assert.match(row.id, /^[a-z0-9.-]+$/);
    }
    assert.equal(new Set(modelCatalog.map((row) => row.id)).size, modelCatalog.length);
  });

  it("knows a model and its snapshots", () => {
    assert.deepEqual(modelOf("gpt-5.5"), {
      id: "gpt-5.5",
      name: "GPT-5.5",
      maxInputTokens: 922_000,
      maxOutputTokens: 128_000,
      guessed: false,
    });
    const snapshot = modelOf("gpt-5.5-2026-04-23");
    assert.equal(snapshot.name, "GPT-5.5 (2026-04-23)");
    assert.equal(snapshot.guessed, false);
  });

  it("guesses low for a model that it does not know", () => {
    assert.deepEqual(modelOf("llama-3.2-1b"), {
      id: "llama-3.2-1b",
      name: "llama-3.2-1b",
      maxInputTokens: 32_768,
      maxOutputTokens: 4_096,
      guessed: true,
    });
    assert.equal(modelOf("gpt-5.5-turbo").guessed, true);
  });

  it("offers of OpenAI's models those that can chat, known ones first", () => {
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

  it("filters at OpenAI's own servers alone", () => {
    assert.ok(isOpenAiAddress("https://api.openai.com/v1"));
    assert.ok(isOpenAiAddress("https://eu.api.openai.com/v1"));
    assert.ok(!isOpenAiAddress("https://api.openai.com.example.org/v1"));
    assert.ok(!isOpenAiAddress("https://notapi.openai.com/v1"));
    assert.ok(!isOpenAiAddress("http://localhost:1234/v1"));
    assert.ok(!isOpenAiAddress(""));
  });
});
