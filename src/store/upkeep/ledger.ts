import type { StoreFault } from "../../core/ports/upkeep.ts";
import { counted } from "../../core/session/format.ts";
import type { Database } from "../database.ts";
import { hasItsFacts, isSoundText, troubleIn } from "../request-chain.ts";
import { removeBlocks } from "../requests.ts";
import type { Row } from "../rows.ts";

/** What is wrong in the ledger of one owner. */
interface LedgerTroubles {
  /** Requests of which not even the facts are as they were stored. */
  readonly broken: readonly Row[];
  /** Requests whose messages cannot be rebuilt. */
  readonly lost: readonly Row[];
  /** SHA-256 of texts that no block needs. */
  readonly unneeded: readonly string[];
}

const marker = "ledger: ";

/** The fault of the ledger, if anything is wrong with it. Changes nothing. */
export function ledgerFaults(database: Database): readonly StoreFault[] {
  const troubles = troublesIn(database);
  const { broken, lost, unneeded } = troubles;
  if (broken.length + lost.length + unneeded.length === 0) return [];
  const parts = [
    `${counted(broken.length, "request")} not as stored`,
    `${counted(lost.length, "request")} with lost texts`,
    `${counted(unneeded.length, "text")} of no request`,
  ];
  const detail = `${marker}${parts.join(", ")}`;
  const names = namesOf(database, troubles);
  return [{ kind: "database-damaged", path: "registry.sqlite", names, detail }];
}

/** True for the fault that `mendLedger` mends. */
export function isOfLedger({ detail }: StoreFault): boolean {
  return detail?.startsWith(marker) ?? false;
}

/**
 * Removes requests that are not as they were stored, and forgets the texts of those that cannot be rebuilt, together with all that repeat them. Returns
 * what was done; undefined if nothing was wrong.
 */
export function mendLedger(database: Database): string | undefined {
  return database.write(() => {
    const { broken, lost, unneeded } = troublesIn(database);
    if (broken.length + lost.length + unneeded.length === 0) return undefined;
    run(database, "delete from requests where id = ? and owner = owner_id()", broken.map(idOf));
    run(
      database,
      "update requests set forgotten = 1 where id = ? and owner = owner_id()",
      lost.map(idOf),
    );
    removeBlocks(database, lost.map(idOf));
    run(database, "delete from request_texts where digest = ? and owner = owner_id()", unneeded);
    return `${counted(broken.length, "request")} removed, the texts of ${lost.length} forgotten`;
  });
}

function run(database: Database, sql: string, values: readonly string[]): void {
  const statement = database.prepare(sql);
  for (const value of values) statement.run(value);
}

function troublesIn(database: Database): LedgerTroubles {
  const unsound = unsoundTexts(database);
  const blocks = database.prepare(
    `select * from request_blocks where request_id = ? and owner = owner_id()
    order by part, message, position`,
  );
  const rows = database
    .prepare("select * from requests where owner = owner_id() order by rowid")
    .all();
  const broken = new Set(rows.filter((row) => !hasItsFacts(row)));
  const lost = new Set(
    rows.filter((row) => !broken.has(row) && isLost(row, blocks.all(idOf(row)), unsound)),
  );
  addHeirs(rows, broken, lost);
  return { broken: [...broken], lost: [...lost], unneeded: unneededTexts(database) };
}

/** True if what the request itself brought is not there as it was stored, or is there although it was forgotten. */
function isLost(row: Row, blocks: readonly Row[], unsound: ReadonlySet<string>): boolean {
  if (row["forgotten"] === 1) return blocks.length > 0;
  return (
    troubleIn(row, blocks) !== undefined ||
    blocks.some((block) => unsound.has(String(block["text_digest"])))
  );
}

/** Adds to the lost ones those that repeat what is not there. */
function addHeirs(rows: readonly Row[], broken: ReadonlySet<Row>, lost: Set<Row>): void {
  const byId = new Map(rows.map((row) => [row["id"], row]));
  const isWhole = (row: Row): boolean =>
    row["forgotten"] === 0 && !broken.has(row) && !lost.has(row);
  const isHeir = (row: Row): boolean => {
    if (!isWhole(row) || row["keeps"] === 0) return false;
    const parent = byId.get(row["parent_id"] ?? null);
    return !parent || !isWhole(parent) || Number(row["keeps"]) > Number(parent["messages"]);
  };
  // Usually each stands after the one that it repeats, and the second time nothing is found.
  for (let found = rows.length; found > 0;) {
    found = 0;
    for (const row of rows) {
      if (!isHeir(row)) continue;
      lost.add(row);
      found++;
    }
  }
}

/** SHA-256 of the texts that have other bytes. */
function unsoundTexts(database: Database): ReadonlySet<string> {
  const unsound = new Set<string>();
  const all = database.prepare("select digest, text from request_texts where owner = owner_id()");
  for (const row of all.iterate()) if (!isSoundText(row)) unsound.add(String(row["digest"]));
  return unsound;
}

function unneededTexts(database: Database): readonly string[] {
  return database
    .prepare(
      `select digest from request_texts where owner = owner_id() and not exists (
        select 1 from request_blocks
        where request_blocks.owner = request_texts.owner and text_digest = digest)`,
    )
    .all()
    .map((row) => String(row["digest"]));
}

/** The names of the sessions whose requests are concerned. */
function namesOf(database: Database, { broken, lost }: LedgerTroubles): readonly string[] {
  const ids = new Set([...broken, ...lost].map((row) => String(row["session_id"])));
  const find = database.prepare("select name from sessions where id = ? and owner = owner_id()");
  return [...ids].flatMap((id) => {
    const name = find.get(id)?.["name"];
    return typeof name === "string" ? [name] : [];
  });
}

function idOf(row: Row): string {
  return String(row["id"]);
}
