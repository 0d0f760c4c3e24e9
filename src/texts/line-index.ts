import type * as SqliteModule from "node:sqlite";
import type { DatabaseSync } from "node:sqlite";
import type { Term } from "./words.ts";

/** Which pieces of which texts hold which words. Texts and their pieces are numbered; a text has fewer than 2^23 pieces. */
export interface LineIndex {
  add(text: number, piece: number, words: readonly string[]): void;
  remove(text: number, piece: number): void;
  begin(): void;
  commit(): void;
  rollback(): void;
  /** The number of pieces that hold the term, by text. */
  count(term: Term): ReadonlyMap<number, number>;
  /** The pieces of some texts that hold the term. */
  find(term: Term, texts: readonly number[]): Iterable<FoundPiece>;
}

export interface FoundPiece {
  readonly text: number;
  readonly piece: number;
}

export type Sqlite = typeof SqliteModule;

const bits = 23;
const size: number = 2 ** bits;

/** An empty index in memory; undefined if this SQLite cannot search. */
export function openLineIndex(sqlite: Sqlite): LineIndex | undefined {
  const database = new sqlite.DatabaseSync(":memory:");
  try {
    // The words come split: `ascii` parts them at spaces, and `porter` finds "upload" for "uploads". Which words a piece holds is all that is kept of it.
    database.exec(
      "create virtual table pieces using fts5(words, content='', contentless_delete=1, detail=none, tokenize='porter ascii')",
    );
  } catch {
    database.close();
    return undefined;
  }
  return lineIndexIn(database);
}

function lineIndexIn(database: DatabaseSync): LineIndex {
  const insert = database.prepare("insert into pieces (rowid, words) values (?, ?)");
  const remove = database.prepare("delete from pieces where rowid = ?");
  const count = database.prepare(
    `select rowid >> ${bits} as text, count(*) as pieces from pieces where pieces match ? group by 1`,
  );
  const find = database.prepare(
    `select rowid as id from pieces where pieces match ? and rowid >> ${bits} in (select value from json_each(?))`,
  );
  return {
    add: (text, piece, words) => void insert.run(text * size + piece, words.join(" ")),
    remove: (text, piece) => void remove.run(text * size + piece),
    begin: () => database.exec("begin"),
    commit: () => database.exec("commit"),
    rollback: () => database.exec("rollback"),
    count(term) {
      const rows = count.all(matching(term));
      return new Map(rows.map((row) => [Number(row["text"]), Number(row["pieces"])]));
    },
    *find(term, texts) {
      for (const { id } of find.iterate(matching(term), JSON.stringify(texts))) {
        const text = Math.floor(Number(id) / size);
        yield { text, piece: Number(id) - text * size };
      }
    },
  };
}

/** In the language of FTS5. A term is letters and numbers, so that it holds no quote. */
function matching({ text, isStart }: Term): string {
  return isStart ? `"${text}" *` : `"${text}"`;
}
