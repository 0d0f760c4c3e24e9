import type { Model, Prices } from "../core/ports/provider-chat.ts";

/** What is documented of one model. Each provider's rows stand in `models-<provider>.ts`, newest first. */
export interface ModelRow {
  /** The id; snapshots of the model carry a date behind it. */
  readonly id: string;
  readonly name: string;
  /** Tokens that a request and its answer may hold together. */
  readonly window: number;
  /** Tokens that a request may hold. Where input and answer share one window, this is what the longest answer leaves of it. */
  readonly maxInputTokens: number;
  /** Tokens that an answer may hold. */
  readonly maxOutputTokens: number;
  /** `o200k_base` where Satchel's count of a text is the provider's own; `approximate` where the provider cuts text in another way. */
  readonly tokenizer: "o200k_base" | "approximate";
  /** List prices without discounts and surcharges; undefined where no page tells them. */
  readonly prices?: Prices | undefined;
  /** Most tokens of a request for which the prices hold; undefined if they hold for all. Longer requests cost more. */
  readonly pricesUpTo?: number | undefined;
  /** Media types of files that the model takes, like `Purpose.mediaTypes`; undefined where no page tells them. Text always goes. */
  readonly takes?: readonly string[] | undefined;
  /** Where this was read. */
  readonly source: string;
  /** Where the prices were read, if elsewhere. */
  readonly pricesSource?: string | undefined;
  /** When it was read. */
  readonly date: string;
}

/** Small enough for nearly every model that is served today. */
const unknownLimits = { maxInputTokens: 32_768, maxOutputTokens: 4_096 } as const;

/** `-2026-04-23`, `-20260423`, `-04-2026`, `-001`, `-latest`: which edition of a model it is. */
const edition = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{2}-\d{4}|\d{3}|latest)$/;

/** The row of a model or of one of its snapshots; undefined if the catalog does not know it. */
export function rowOf(rows: readonly ModelRow[], id: string): ModelRow | undefined {
  const plain = id.replace(edition, "");
  return rows.find((row) => row.id === id) ?? rows.find((row) => row.id === plain);
}

/** The model with this id; with cautious limits, and `guessed`, if no row knows it. */
export function modelFrom(rows: readonly ModelRow[], id: string): Model {
  const row = rowOf(rows, id);
  if (row === undefined) return { id, name: id, ...unknownLimits, guessed: true };
  const { maxInputTokens, maxOutputTokens, prices, takes } = row;
  return {
    id,
    name: id === row.id ? row.name : `${row.name} (${id.slice(row.id.length + 1)})`,
    maxInputTokens,
    maxOutputTokens,
    guessed: false,
    ...(prices && { prices }),
    ...(takes && { takes }),
  };
}

/** Models with these ids: known ones first, in the order of the rows, then the others by id. */
export function modelsFrom(rows: readonly ModelRow[], ids: readonly string[]): readonly Model[] {
  const rank = (id: string): number => {
    const row = rowOf(rows, id);
    return row === undefined ? rows.length : rows.indexOf(row);
  };
  return ids
    .toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .map((id) => modelFrom(rows, id));
}
