import type { LostSession, RebuildReport, RebuiltSession } from "../../core/ports/upkeep.ts";
import type { Database } from "../database.ts";
import type { Sources } from "./assemble.ts";
import type { OldDatabase } from "./old-database.ts";

/** What a new database holds, against what is known of the old one. */
export type Comparison = Pick<RebuildReport, "sessions" | "lost" | "others">;

/** Compares a new database with what the old one told of its sessions. */
export function compare(
  made: Database,
  sources: Sources,
  old: OldDatabase | undefined,
): Comparison {
  const files = filesIn(made);
  const sessions = sessionsIn(made, sources, files);
  const kept = new Set(sessions.map(({ id }) => id));
  const known = old ? knownFiles(old, sources) : new Map<string, Set<string>>();
  const lost = [...known].flatMap(([id, uris]): readonly LostSession[] => {
    const missing = [...uris].filter((uri) => !files.get(id)?.has(uri));
    const isWhole = !kept.has(id);
    const name = sources.old.get(id)?.name;
    return isWhole || missing.length > 0 ? [{ id, name, files: missing, isWhole }] : [];
  });
  const others = Number(
    made.prepareForAll("select count(*) as count from sessions where owner <> owner_id()").get()?.[
      "count"
    ],
  );
  return { sessions, lost, others: { kept: others, lost: sources.others - others } };
}

function sessionsIn(
  made: Database,
  { saved }: Sources,
  files: ReadonlyMap<string, ReadonlySet<string>>,
): readonly RebuiltSession[] {
  return made
    .prepare("select id, name from sessions where owner = owner_id() order by created_at, rowid")
    .all()
    .map((row) => {
      const id = String(row["id"]);
      const added = saved.get(id);
      const from = !added ? "database" : added.isEnough ? "file-context" : "both";
      return { id, name: String(row["name"]), files: files.get(id)?.size ?? 0, from };
    });
}

/** The URIs of the files of each session of ours. */
function filesIn(made: Database): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = made
    .prepare("select session_id, uri from session_files where owner = owner_id()")
    .all();
  return byId(rows);
}

/** The URIs of all files that the old database is known to have held, of sessions that were not taken from elsewhere. */
function knownFiles(old: OldDatabase, sources: Sources): ReadonlyMap<string, ReadonlySet<string>> {
  const ours = [...old.rows({ name: "session_files", order: "rowid" })].filter((row) =>
    sources.old.has(String(row["session_id"])),
  );
  const known = new Map(byId(ours));
  for (const id of sources.old.keys()) if (!known.has(id)) known.set(id, new Set());
  for (const [id, { isEnough }] of sources.saved) if (isEnough) known.delete(id);
  return known;
}

function byId(rows: readonly Record<string, unknown>[]): ReadonlyMap<string, ReadonlySet<string>> {
  const grouped = Map.groupBy(rows, (row) => String(row["session_id"]));
  return new Map(
    [...grouped].map(([id, files]) => [id, new Set(files.map((row) => String(row["uri"])))]),
  );
}
