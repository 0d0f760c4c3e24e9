import type { TextSearch } from "../../../../src/core/ports/text-search.ts";

/** A search that finds the lines that hold a word of the question. */
export function createMemorySearch(): TextSearch {
  const texts = new Map<string, string>();
  return {
    unknown: async (ids) => [...new Set(ids)].filter((id) => !texts.has(id)),
    async learn(id, text) {
      texts.set(id, text);
    },
    async search(question, ids, limit) {
      const words = question.split(/[^\p{L}]+/u).filter((word) => word.length > 3);
      const hits = [...new Set(ids)].map((contentId) => {
        const lines = linesWith(texts.get(contentId) ?? "", words);
        return { contentId, score: lines.length, lines: lines.slice(0, 20) };
      });
      const found = hits.filter(({ score }) => score > 0);
      return found.toSorted((one, other) => other.score - one.score).slice(0, limit);
    },
  };
}

function linesWith(text: string, words: readonly string[]): readonly number[] {
  if (words.length === 0) return [];
  return text
    .split("\n")
    .flatMap((line, index) => (words.some((word) => line.includes(word)) ? [index + 1] : []));
}
