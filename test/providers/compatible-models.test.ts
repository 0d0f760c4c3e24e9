import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listedModels } from "../../src/providers/compatible-models.ts";
import type { Model } from "../../src/core/ports/provider-chat.ts";

const site = { provider: "Server", baseUrl: "http://localhost:1234/v1", key: undefined };
const list = (...data: readonly object[]): object => ({ object: "list", data });
const limits = ({ id, maxInputTokens, maxOutputTokens, guessed }: Model): readonly unknown[] => [
  id,
  maxInputTokens,
  maxOutputTokens,
  guessed,
];
const guess = [32_768, 4_096, true] as const;

/** Replies as these servers document them, and what becomes of them. */
const replies: Readonly<
  Record<string, readonly [reply: unknown, ...models: readonly unknown[][]]>
> = {
  "Ollama, which knows nothing more": [
    list({ id: "llama3.2:latest", object: "model", created: 1730000000, owned_by: "library" }),
    ["llama3.2:latest", ...guess],
  ],
  "Ollama without models": [{ object: "list", data: null }],
  "Ollama's own list": [
    { models: [{ name: "qwen3:8b", model: "qwen3:8b", size: 5 }] },
    ["qwen3:8b", ...guess],
  ],
  vLLM: [
    list({ id: "Qwen/Qwen3-8B", object: "model", root: "Qwen/Qwen3-8B", max_model_len: 40_960 }),
    ["Qwen/Qwen3-8B", 36_864, 4_096, false],
  ],
  "LM Studio, with models of other kinds": [
    list(
      {
        id: "gemma-3",
        type: "vlm",
        max_context_length: 131_072,
        loaded_context_length: 8_192,
      },
      { id: "nomic-text", type: "embeddings", max_context_length: 2_048 },
    ),
    ["gemma-3", 6_144, 2_048, false],
  ],
  "llama.cpp, with what is loaded": [
    {
      models: [{ name: "gpt-oss" }],
      data: [{ id: "gpt-oss", meta: { n_ctx: 16_384, n_ctx_train: 131_072 } }],
    },
    ["gpt-oss", 12_288, 4_096, false],
  ],
  "Together's bare list": [
    [{ id: "moonshotai/Kimi", context_length: 262_144 }],
    ["moonshotai/Kimi", 258_048, 4_096, false],
  ],
  Groq: [
    list({ id: "llama-4", context_window: 131_072, max_completion_tokens: 8_192 }),
    ["llama-4", 122_880, 8_192, false],
  ],
  "LiteLLM, with names that OpenAI gave": [
    list({ id: "gpt-5.5", object: "model", created: 1677610602, owned_by: "openai" }),
    ["gpt-5.5", 922_000, 128_000, false],
  ],
  "Azure OpenAI, with models that do not chat": [
    list(
      { id: "my-gpt", capabilities: { chat_completion: true } },
      { id: "my-ada", capabilities: { chat_completion: false } },
    ),
    ["my-gpt", ...guess],
  ],
  "one model twice": [list({ id: "a" }, { id: "a" }), ["a", ...guess]],
  "nonsense for limits": [
    list({ id: "a", max_model_len: "lots", context_length: 0 }),
    ["a", ...guess],
  ],
};

describe("the models of", () => {
  for (const [name, [reply, ...expected]] of Object.entries(replies)) {
    it(name, () => assert.deepEqual(listedModels(reply, site).map(limits), expected));
  }
});

describe("the models of OpenRouter", () => {
  it("tell their names, prices and what they take", () => {
    const reply = list(
      {
        id: "anthropic/claude-x",
        name: "Anthropic: Claude X",
        context_length: 1_000_000,
        architecture: {
          input_modalities: ["text", "image", "file"],
          output_modalities: ["text"],
        },
        pricing: {
          prompt: "0.000003",
          completion: "0.000015",
          input_cache_read: "0.0000003",
          input_cache_write: "0.00000375",
        },
        top_provider: { context_length: 200_000, max_completion_tokens: 64_000 },
      },
      { id: "painter", architecture: { output_modalities: ["image"] } },
    );
    assert.deepEqual(listedModels(reply, site), [
      {
        id: "anthropic/claude-x",
        name: "Anthropic: Claude X",
        maxInputTokens: 936_000,
        maxOutputTokens: 64_000,
        guessed: false,
        prices: { input: 3, output: 15, cached: 0.3, cacheWrite: 3.75 },
        takes: ["image/*", "application/pdf"],
      },
    ]);
  });

  it("without a price that can be told have none", () => {
    const reply = list(
      { id: "auto", pricing: { prompt: "-1", completion: "-1" } },
      { id: "odd", pricing: { prompt: "", completion: 3 } },
      { id: "free", pricing: { prompt: "0", completion: "0" } },
    );
    assert.deepEqual(
      listedModels(reply, site).map(({ prices }) => prices),
      [undefined, undefined, { input: 0, output: 0 }],
    );
  });
});

describe("what is no list of models", () => {
  for (const reply of [null, {}, "<p>", { data: {} }, { models: "a" }, list({ object: "model" })]) {
    it(JSON.stringify(reply), () => {
      assert.throws(() => listedModels(reply, site), { code: "response-malformed" });
    });
  }
});
