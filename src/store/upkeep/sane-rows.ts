import { hasItsFacts } from "../request-chain.ts";
import { digestOf, findingOf, phaseOf, savedFileOf } from "../phase-rows.ts";
import { contentOf, providerFileOf, sessionFileOf, sessionOf, type Row } from "../rows.ts";
import { isPart, type PartName } from "../snapshot-format.ts";

/** What the rows of a table stand for, and how they are read. */
const readers: Partial<Record<string, readonly [part: PartName, read: (row: Row) => unknown]>> = {
  sessions: ["session", sessionOf],
  contents: ["content", contentOf],
  session_files: ["file", sessionFileOf],
  provider_files: ["providerFile", providerFileOf],
  digests: ["digest", digestOf],
  phases: ["phase", phaseOf],
  findings: ["finding", findingOf],
  saved_files: ["savedFile", savedFileOf],
};

/** True for a row that says what rows of its table say. Damage can leave a row that SQLite reads and nobody wrote. */
export function isSane(table: string, row: Row): boolean {
  try {
    const reader = readers[table];
    if (reader) return isPart(reader[0], reader[1](row));
    if (table === "requests") return hasItsFacts(row);
    if (table === "trash") return Array.isArray(JSON.parse(String(row["files"])));
    return table !== "owners" || isOwner(row);
  } catch {
    // A JSON column that holds no JSON.
    return false;
  }
}

function isOwner({ id, name, expiry_announced_at: announcedAt }: Row): boolean {
  return (
    Number(id) > 0 &&
    (name === null || typeof name === "string") &&
    (announcedAt === null || typeof announcedAt === "number")
  );
}
