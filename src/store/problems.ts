import type { DatabaseSync } from "node:sqlite";
import { migrate, userVersion } from "./schema.ts";

/**
 * What is wrong with a database; undefined if nothing is. Not by `quick_check`: an index that has lost a row, or a row that refers to nothing, would hide
 * a file without a word. For 10,000 files it takes about 20 milliseconds. `steps` are the migrations that this program knows.
 */
export function problemIn(connection: DatabaseSync, steps: readonly string[]): string | undefined {
  const problem = connection.prepare("pragma integrity_check(1)").get()?.["integrity_check"];
  if (problem !== "ok") return String(problem);
  const wrong = wrongDefinitions(connection, steps);
  if (wrong !== undefined) return wrong;
  const broken = connection.prepare("pragma foreign_key_check").get();
  return (
    broken &&
    `a row of ${String(broken["table"])} refers to a row of ${String(broken["parent"])} that is not there`
  );
}

/**
 * What is wrong with the definitions of a database's tables and indexes; undefined if nothing is. SQLite's own checks read the rows by these definitions and
 * believe them, so damage to them is found only by comparing them with a database that the same migrations have just made.
 */
function wrongDefinitions(connection: DatabaseSync, steps: readonly string[]): string | undefined {
  const Model = connection.constructor as typeof DatabaseSync;
  const model = new Model(":memory:");
  try {
    migrate(model, steps.slice(0, userVersion(connection)));
    const isEqual = definitionsOf(connection) === definitionsOf(model);
    return isEqual ? undefined : "its tables are not defined as they should be";
  } finally {
    model.close();
  }
}

/** Without quotation marks and spaces: versions of SQLite write renamed tables differently. */
function definitionsOf(connection: DatabaseSync): string {
  const definitions = connection
    .prepare("select type, name, tbl_name, sql from sqlite_schema order by 1, 2")
    .all();
  return JSON.stringify(definitions).replaceAll(/[\\\s"]+/gu, " ");
}
