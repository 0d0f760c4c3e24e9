import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelFrom, modelsFrom, type ModelRow } from "../../src/providers/models.ts";
import { modelRows } from "../project/capability-table.ts";

const row: ModelRow = {
  id: "large-2",
  name: "Large 2",
  window: 400_000,
  maxInputTokens: 272_000,
  maxOutputTokens: 128_000,
  tokenizer: "approximate",
  prices: { input: 2, cached: 0.2, output: 10 },
  takes: ["image/*"],
  source: "https://example.org/large-2",
  date: "2026-11-20",
};
const bare: ModelRow = {
  id: "small",
  name: "Small",
  window: 40_000,
  maxInputTokens: 32_000,
  maxOutputTokens: 8_000,
  tokenizer: "o200k_base",
  source: "https://example.org/small",
  date: "2026-11-20",
};
const rows = [row, bare];

for (const [file, found] of await modelRows()) {
  describe(`the rows of ${file}`, () => {
    it("are there, and none twice", () => {
      assert.ok(found.length > 0);
      assert.equal(new Set(found.map(({ id }) => id)).size, found.length);
    });

    it("have sources and a date", () => {
      for (const { id, source, pricesSource = source, date } of found) {
        assert.match(source, /^https:\/\/\S+$/u, id);
        assert.match(pricesSource, /^https:\/\/\S+$/u, id);
        assert.match(date, /^20\d\d-\d\d-\d\d$/u, id);
      }
    });

    it("have limits that fit together", () => {
      for (const { id, window, maxInputTokens, maxOutputTokens } of found) {
        assert.ok(maxInputTokens >= 4_096 && maxOutputTokens >= 1_024, id);
        assert.ok(maxInputTokens <= window && maxOutputTokens <= window, id);
      }
    });

    it("have prices of which cached input is never the dearer, or none", () => {
      for (const { id, prices, pricesUpTo } of found) {
        assert.ok(pricesUpTo === undefined || (prices && pricesUpTo > 0), id);
        if (!prices) continue;
        const { input, cached = input, cacheWrite = input, output } = prices;
        for (const price of [input, cached, cacheWrite, output])
          assert.ok(price >= 0 && Number.isFinite(price), id);
        assert.ok(cached <= input, id);
      }
    });

    it("name media types", () => {
      for (const { id, takes = [] } of found)
        for (const type of takes) assert.match(type, /^(?:\*|[\w.+-]+\/(?:\*|[\w.+-]+))$/u, id);
    });
  });
}

describe("a model made from rows", () => {
  it("has what its row tells", () => {
    const { id, name, maxInputTokens, maxOutputTokens, prices, takes } = row;
    const told = { maxInputTokens, maxOutputTokens, guessed: false };
    assert.deepEqual(modelFrom(rows, "large-2"), { id, name, ...told, prices, takes });
  });

  it("does not tell what its row does not", () => {
    assert.deepEqual(Object.keys(modelFrom(rows, "small")).toSorted(), [
      "guessed",
      "id",
      "maxInputTokens",
      "maxOutputTokens",
      "name",
    ]);
  });

  it("may be an edition of it", () => {
    for (const edition of ["2026-04-23", "20260423", "04-2026", "001", "latest"]) {
      const model = modelFrom(rows, `large-2-${edition}`);
      assert.equal(model.id, `large-2-${edition}`);
      assert.equal(model.name, `Large 2 (${edition})`);
      assert.equal(model.guessed, false);
    }
  });

  it("is guessed low where no row knows it", () => {
    const guess = { maxInputTokens: 32_768, maxOutputTokens: 4_096, guessed: true };
    for (const id of ["large-2-turbo", "large", "large-2-12"])
      assert.deepEqual(modelFrom(rows, id), { id, name: id, ...guess });
  });

  it("stands in the order of the rows, and behind them if none knows it", () => {
    assert.deepEqual(
      modelsFrom(rows, ["b", "small", "large-2-latest", "a", "large-2"]).map(({ id }) => id),
      ["large-2", "large-2-latest", "small", "a", "b"],
    );
  });
});
