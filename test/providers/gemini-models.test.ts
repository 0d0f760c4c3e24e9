import assert from "node:assert/strict";
import { test } from "node:test";
import { geminiModels, offeredByGemini } from "../../src/providers/models-gemini.ts";

const november = Date.parse("2026-11-20");

test("models that do not answer with text are not offered", () => {
  const ids = [
    "gemini-2.5-flash-image",
    "gemini-2.5-flash-native-audio-latest",
    "gemini-3.1-flash-tts-preview",
    "gemini-3.8-live",
    "gemini-3.5-live-translate-preview",
    "gemini-2.5-computer-use-preview-10-2025",
    "gemini-robotics-er-1.6-preview",
    "gemini-omni-flash-preview",
    "nano-banana-pro-preview",
    "deep-research-preview-04-2026",
    "lyria-3-pro-preview",
    "gemma-4-26b-a4b-it",
    "gemini-flash-latest",
    "gemini-3.1-pro-preview-customtools",
    "gemini-3.8-flash",
  ];
  assert.deepEqual(
    offeredByGemini(ids.map((id) => ({ id }))).map(({ id, guessed }) => [id, guessed]),
    [
      ["gemini-3.8-flash", false],
      ["gemini-3.1-pro-preview-customtools", true],
      ["gemini-flash-latest", true],
      ["gemma-4-26b-a4b-it", true],
    ],
  );
});

test("what the API tells goes before the table, except where input and answer share a window", () => {
  const limits = { maxInputTokens: 1_048_576, maxOutputTokens: 1_048_576 };
  const [argon, flash, unknown] = offeredByGemini([
    { id: "gemini-4-argon", ...limits },
    { id: "gemini-3.8-flash", maxInputTokens: 500_000, maxOutputTokens: 9_000 },
    { id: "gemini-5-xenon", name: "Gemini 5 Xenon", ...limits },
  ]);
  assert.equal(argon?.maxInputTokens, 983_040);
  assert.equal(argon.maxOutputTokens, 1_048_576);
  assert.equal(flash?.maxInputTokens, 500_000);
  assert.equal(flash.maxOutputTokens, 9_000);
  assert.deepEqual(unknown, {
    id: "gemini-5-xenon",
    name: "Gemini 5 Xenon",
    ...limits,
    guessed: false,
  });
});

test("launch prices end on their day", () => {
  const price = (id: string, day: string): number | undefined =>
    offeredByGemini([{ id }], Date.parse(day))[0]?.prices?.input;
  assert.equal(price("gemini-4-argon", "2026-11-30"), 2);
  assert.equal(price("gemini-4-argon", "2026-12-01"), 4);
  assert.equal(price("gemini-3.8-flash", "2026-12-31"), 0.75);
  assert.equal(price("gemini-3.8-flash", "2027-01-01"), 1.5);
  assert.equal(price("gemini-2.5-pro", "2026-11-30"), 1.25);
  assert.equal(price("gemini-2.5-pro", "2026-12-01"), 0.75);
  assert.equal(price("gemini-2.5-pro", "2027-01-01"), 1.5);
  assert.equal(price("gemini-3.8-flash-001", "2027-01-01"), 1.5);
  const names = offeredByGemini(geminiModels, november).map(({ name }) => name);
  assert.deepEqual(
    names,
    geminiModels.map(({ name }) => name),
  );
});
