import type { TextHit, TextSearch } from "../../src/core/ports/text-search.ts";
import { createSearch, type SearchOptions } from "../../src/texts/search.ts";

/** A search that has learned texts, by content id. */
export async function searchIn(
  texts: Readonly<Record<string, string>>,
  options?: SearchOptions,
): Promise<TextSearch> {
  const search = createSearch(options);
  for (const [contentId, text] of Object.entries(texts)) await search.learn(contentId, text);
  return search;
}

/** Finds in texts that are numbered by their place. */
export async function find(
  question: string,
  ...texts: readonly string[]
): Promise<readonly TextHit[]> {
  const search = await searchIn(Object.fromEntries(texts.map((text, at) => [`text ${at}`, text])));
  return search.search(
    question,
    texts.map((_, at) => `text ${at}`),
    texts.length,
  );
}

export const idsOf = (hits: readonly TextHit[]): string[] => hits.map(({ contentId }) => contentId);
export const linesOf = (hits: readonly TextHit[]): (readonly number[])[] =>
  hits.map(({ lines }) => lines);

/** Lines of a text that a question finds; empty if it does not find it. */
export async function linesWith(question: string, text: string): Promise<readonly number[]> {
  return (await find(question, text))[0]?.lines ?? [];
}
