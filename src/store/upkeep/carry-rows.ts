import type { SQLInputValue } from "node:sqlite";
import type { Database } from "../database.ts";
import type { Row } from "../rows.ts";
import { isMisfit } from "../store-errors.ts";
import type { OldDatabase, Table } from "./old-database.ts";

/** The tables of a store, each after those that its rows refer to. Owners are carried by `carryOwners`. */
const tables: readonly Table[] = [
  { name: "clock", order: "rowid" },
  { name: "contents", order: "owner, content_id" },
  { name: "provider_files", order: "rowid" },
  { name: "digests", order: "rowid" },
  { name: "operations", order: "sequence" },
  { name: "trash", order: "rowid" },
  { name: "sessions", order: "rowid" },
  { name: "session_files", order: "rowid" },
  { name: "phases", order: "rowid" },
  { name: "findings", order: "rowid" },
  { name: "saved_files", order: "rowid" },
  { name: "request_texts", order: "rowid" },
  { name: "requests", order: "rowid" },
  { name: "request_blocks", order: "request_id, part, message, position" },
];

const firstSessionTable = tables.findIndex(({ name }) => name === "sessions");
const firstLedgerTable = tables.findIndex(({ name }) => name === "request_texts");

/** Tables that stand on their own. */
export const commonTables: readonly Table[] = tables.slice(0, firstSessionTable);

/** Sessions and what belongs to them, as a file context shows it. */
export const sessionTables: readonly Table[] = tables.slice(firstSessionTable, firstLedgerTable);

/** The ledger, which no file context shows. */
export const ledgerTables: readonly Table[] = tables.slice(firstLedgerTable);

/** What one owner is called in the old database and in the new one. */
export interface OwnerIds {
  readonly old: number;
  readonly new: number;
  /** True for the one who rebuilds. */
  readonly isUs: boolean;
}

/** Gives every owner of the old database a row in the new one. `name` is who rebuilds. */
export function carryOwners(old: OldDatabase, to: Database, name: string): readonly OwnerIds[] {
  const ours = ownRow(old, name);
  return old.owners.map((row) => {
    const isUs = row === ours;
    const carried = isUs
      ? "select owner_id() as id"
      : "insert into owners (name) values (?) returning id";
    const id = to.prepareForAll(carried).get(...(isUs ? [] : [row["name"] ?? null]))?.["id"];
    to.prepareForAll("update owners set expiry_announced_at = ? where id = ?").run(
      row["expiry_announced_at"] ?? null,
      Number(id),
    );
    return { old: Number(row["id"]), new: Number(id), isUs };
  });
}

/** The row of this owner; rows that are older than owners belong to whoever comes first. */
function ownRow({ owners }: OldDatabase, name: string): Row | undefined {
  return owners.find((row) => row["name"] === name) ?? owners.find((row) => row["name"] === null);
}

/**
 * Copies the rows that `isWanted` from the old database into the new one, as far as they can be read, make sense and fit. A row that the new one has already
 * stays as it is there. To be called in a transaction.
 */
export function carryRows(
  from: readonly Table[],
  { old, to, owners }: { old: OldDatabase; to: Database; owners: readonly OwnerIds[] },
  isWanted: (row: Row, table: string) => boolean,
): void {
  const ids = new Map(owners.map((owner) => [owner.old, owner]));
  for (const table of from) {
    const insert = insertion(to, table.name);
    for (const row of old.saneRows(table)) {
      const owner = ids.get(Number(row["owner"]));
      if (!owner && "owner" in row) continue;
      if (isWanted(row, table.name)) {
        insert({ ...row, ...(owner && { owner: owner.new }) }, old.isSound);
      }
    }
  }
}

/** The way to insert a row into a table. One that does not fit, because it is damaged or refers to what is lost, is passed over. */
function insertion(to: Database, table: string): (row: Row, mustFit: boolean) => void {
  const columns = to
    .prepareForAll(`pragma table_info(${table})`)
    .all()
    .map(({ name }) => String(name));
  const places = columns.map(() => "?").join(", ");
  const statement = to.prepareForAll(
    `insert or ignore into ${table} (${columns.join(", ")}) values (${places})`,
  );
  return (row, mustFit) => {
    try {
      statement.run(...columns.map((column): SQLInputValue => row[column] ?? null));
    } catch (error) {
      if (mustFit || !isMisfit(error)) throw error;
    }
  };
}
