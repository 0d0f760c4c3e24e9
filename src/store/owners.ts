import { userInfo } from "node:os";
import type { DatabaseSync } from "node:sqlite";

/** The user of this machine that the process runs for. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as users that have a number and no name.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** What every statement says to see and touch the rows of its owner alone. */
const guard = "owner_id()";

/**
 * Makes `owner_id()` stand for the owner with this name in all statements of the connection. Must be called in a transaction that may write. Rows
 * that are older than owners go to the first who asks.
 */
export function actFor(connection: DatabaseSync, name: string): void {
  const find = connection.prepare("select id from owners where name = ?");
  const known = find.get(name);
  if (!known) {
    const { changes } = connection
      .prepare(
        "update owners set name = ? where id = (select min(id) from owners where name is null)",
      )
      .run(name);
    if (changes === 0) connection.prepare("insert into owners (name) values (?)").run(name);
  }
  const id = Number((known ?? find.get(name))?.["id"]);
  connection.function("owner_id", { deterministic: true }, () => id);
}

/** Throws for a statement that would not keep to the rows of its owner: a defect of ours, found before it can do harm. */
export function requireOwner(sql: string): void {
  if (!sql.includes(guard))
    throw new Error(`this statement does not say whose rows it means: ${sql}`);
}
