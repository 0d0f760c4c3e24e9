import type { ColumnProfile, Digest, DigestFact } from "../core/files/digest.ts";
import type { Finding, Phase, SavedFile } from "../core/session/phase.ts";
import type { Columns, Row } from "./rows.ts";

/** Where each property of a digest lies. */
export const digestColumns: Columns<Digest> = {
  contentId: "content_id",
  extractor: "extractor",
  version: "version",
  type: "type",
  columns: "columns",
  rows: "rows",
  preview: "preview",
  facts: "facts",
  profile: "profile",
  text: "text",
};

/** Where each property of a phase lies. */
export const phaseColumns: Columns<Phase> = {
  sessionId: "session_id",
  number: "number",
  name: "name",
  startedAt: "started_at",
};

/** Where each property of a finding lies. */
export const findingColumns: Columns<Finding> = {
  id: "id",
  sessionId: "session_id",
  phase: "phase",
  title: "title",
  text: "text",
  contentIds: "content_ids",
  createdAt: "created_at",
};

/** Where each property of a saved file lies. */
export const savedFileColumns: Columns<SavedFile> = {
  sessionId: "session_id",
  uri: "uri",
  contentId: "content_id",
  phase: "phase",
  savedAt: "saved_at",
};

/** The digest of a row. What is not known is absent. */
export function digestOf(row: Row): Digest {
  const { columns, rows, facts, profile } = row;
  return {
    contentId: String(row["content_id"]),
    extractor: String(row["extractor"]),
    version: Number(row["version"]),
    type: String(row["type"]),
    ...(columns !== null && { columns: JSON.parse(String(columns)) as string[] }),
    ...(rows !== null && { rows: Number(rows) }),
    preview: JSON.parse(String(row["preview"])) as unknown[],
    // A database of an older version has no such columns.
    ...(typeof facts === "string" && { facts: JSON.parse(facts) as DigestFact[] }),
    ...(typeof profile === "string" && { profile: JSON.parse(profile) as ColumnProfile[] }),
    text: String(row["text"]),
  };
}

/** The phase of a row. */
export function phaseOf(row: Row): Phase {
  return {
    sessionId: String(row["session_id"]),
    number: Number(row["number"]),
    name: String(row["name"]),
    startedAt: Number(row["started_at"]),
  };
}

/** The finding of a row. */
export function findingOf(row: Row): Finding {
  return {
    id: String(row["id"]),
    sessionId: String(row["session_id"]),
    phase: Number(row["phase"]),
    title: String(row["title"]),
    text: String(row["text"]),
    contentIds: JSON.parse(String(row["content_ids"])) as string[],
    createdAt: Number(row["created_at"]),
  };
}

/** The saved file of a row. */
export function savedFileOf(row: Row): SavedFile {
  return {
    sessionId: String(row["session_id"]),
    uri: String(row["uri"]),
    contentId: String(row["content_id"]),
    phase: Number(row["phase"]),
    savedAt: Number(row["saved_at"]),
  };
}
