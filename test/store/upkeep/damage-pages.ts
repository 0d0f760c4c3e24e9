import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Overwrites a page of a database with noise; pages are counted from 1. */
export function damagePage(file: string, page: number): void {
  writeFileSync(file, readFileSync(file).fill(0xa7, (page - 1) * 4096, page * 4096));
}

/** The number of the first page of a table. */
export function rootOf(file: string, table: string): number {
  const connection = new DatabaseSync(file, { readOnly: true });
  const row = connection
    .prepare("select rootpage from sqlite_schema where name = ? and type = 'table'")
    .get(table);
  connection.close();
  return Number(row?.["rootpage"]);
}

/** The pages of a table in the order of its rows, but for the first, which lists the others. */
export function pagesOf(file: string, table: string): readonly number[] {
  const bytes = readFileSync(file);
  const root = (rootOf(file, table) - 1) * 4096;
  // https://sqlite.org/fileformat2.html#b_tree_pages: an interior page of a table.
  assert.equal(bytes[root], 5);
  const cells = bytes.readUInt16BE(root + 3);
  const at = Array.from({ length: cells }, (_, cell) => bytes.readUInt16BE(root + 12 + 2 * cell));
  return [...at.map((cell) => bytes.readUInt32BE(root + cell)), bytes.readUInt32BE(root + 8)];
}
