import type { SQLInputValue } from "node:sqlite";
import type { Database } from "./database.ts";
import { stored, type Columns } from "./rows.ts";

type Value = string | number | boolean | undefined;

/** `insert into <table> (owner, …) values (owner_id(), ?, …)` for all columns, in their order. */
export function insertInto(table: string, columns: readonly string[]): string {
  const places = columns.map(() => "?").join(", ");
  return `insert into ${table} (owner, ${columns.join(", ")}) values (owner_id(), ${places})`;
}

/** The values of an object in the order of `columns`, as SQLite holds them. */
export function valuesOf<T extends { readonly [K in keyof T]: Value }>(
  object: T,
  columns: Columns<T>,
): SQLInputValue[] {
  return (Object.keys(columns) as (keyof T)[]).map((key) => stored(object[key]));
}

/** Like `valuesOf`, for objects with arrays, which are stored as JSON. */
export function jsonValuesOf<T>(object: T, columns: Columns<T>): SQLInputValue[] {
  return (Object.keys(columns) as (keyof T)[]).map((key) => {
    const value: unknown = object[key];
    return Array.isArray(value) ? JSON.stringify(value) : stored(value as Value);
  });
}

/**
 * Sets the named properties of the row with this id; a property that is there and undefined is cleared. A row that is gone, or that
 * holds these values already, is not touched.
 */
export function updateRow<T extends { readonly [K in keyof T]: Value }>(
  database: Database,
  target: { readonly table: string; readonly id: string; readonly columns: Columns<T> },
  change: Partial<T>,
): void {
  const keys = (Object.keys(target.columns) as (keyof T & string)[]).filter((key) => key in change);
  if (keys.length === 0) return;
  const columns = keys.map((key) => target.columns[key]);
  const values = keys.map((key) => stored(change[key]));
  const assignments = columns.map((column) => `${column} = ?`).join(", ");
  const differs = columns.map((column) => `${column} is not ?`).join(" or ");
  database
    .prepare(
      `update ${target.table} set ${assignments} where id = ? and owner = owner_id() and (${differs})`,
    )
    .run(...values, target.id, ...values);
}
