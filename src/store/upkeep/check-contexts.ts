import type { StoreFault } from "../../core/ports/upkeep.ts";
import { contextFilePath, revisionOf } from "../context-file.ts";
import type { Database } from "../database.ts";
import { savedIds, savedSession } from "../saved-sessions.ts";

/** Compares the sessions of ours with their saved file contexts. */
export function contextFaults(
  folder: string,
  database: Database,
): { readonly sessions: number; readonly faults: readonly StoreFault[] } {
  const rows = database
    .prepare("select id, name, revision from sessions where owner = owner_id() order by created_at")
    .all();
  const known = new Set(
    database
      .prepareForAll("select id from sessions")
      .all()
      .map((row) => String(row["id"])),
  );
  const behind = rows.flatMap((row) => {
    const [id, name] = [String(row["id"]), String(row["name"])];
    const kind = contextFaultOf(folder, id, Number(row["revision"]));
    return kind ? [fault(kind, id, [name])] : [];
  });
  const unknown = savedIds(folder).flatMap((id) => {
    const saved = known.has(id) ? undefined : savedSession(folder, id);
    const names = saved?.kind === "whole" ? [saved.snapshot.session.name] : [];
    return saved ? [fault("context-unknown", id, names)] : [];
  });
  return { sessions: rows.length, faults: [...behind, ...unknown] };
}

/** What is wrong with the saved file context of a session that has this revision; undefined if nothing is. */
export function contextFaultOf(
  folder: string,
  id: string,
  revision: number,
): "context-damaged" | "context-behind" | undefined {
  const saved = savedSession(folder, id);
  if (saved?.kind === "unreadable") return "context-damaged";
  return revisionOf(contextFilePath(folder, id)) < revision ? "context-behind" : undefined;
}

function fault(kind: StoreFault["kind"], id: string, names: readonly string[]): StoreFault {
  return { kind, path: `sessions/${id}/file_context.json`, names };
}
