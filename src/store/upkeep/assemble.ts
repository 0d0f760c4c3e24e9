import type { SessionSnapshot } from "../../core/session/snapshot.ts";
import type { Database } from "../database.ts";
import { putContent } from "../known-contents.ts";
import type { Row } from "../rows.ts";
import { savedSessions } from "../saved-sessions.ts";
import { isSnapshot } from "../snapshot-format.ts";
import { addSnapshot, snapshot } from "../snapshot.ts";
import { isMisfit } from "../store-errors.ts";
import {
  carryOwners,
  carryRows,
  commonTables,
  ledgerTables,
  sessionTables,
  type OwnerIds,
} from "./carry-rows.ts";
import { mendLedger } from "./ledger.ts";
import type { OldDatabase } from "./old-database.ts";

/** Where each session of a store that is made anew comes from. */
export interface Sources {
  /** The sessions of ours in the old database, by their ids. */
  readonly old: ReadonlyMap<string, OldSession>;
  /** The saved ones that were put into the new database, by their ids. */
  readonly saved: ReadonlyMap<string, SavedState>;
  /** Sessions of others in the old database. */
  readonly others: number;
  /** Saved file contexts that could not be read, below the store's folder. */
  readonly unreadable: readonly string[];
}

/** A saved session that is used. */
interface SavedState {
  readonly revision: number;
  /** True if nothing that the old database says of the session is wanted. */
  readonly isEnough: boolean;
}

/** What is known of a session of ours in the old database. */
interface OldSession {
  readonly name: string;
  readonly revision: number;
  readonly nextPosition: number;
  /** True if all of it could be read. */
  readonly isWhole: boolean;
}

/** Fills a new database with all that the old one and the saved file contexts in `folder` still tell. `owner` is who rebuilds. */
export function assemble(
  to: Database,
  { folder, old, owner }: { folder: string; old: OldDatabase | undefined; owner: string },
): Sources {
  return to.write(() => {
    const owners = old ? carryOwners(old, to, owner) : [];
    const carried = old && { old, to, owners };
    if (carried) carryRows(commonTables, carried, () => true);
    const known = old
      ? sessionsIn(old, owners)
      : { ours: new Map<string, OldSession>(), others: new Set<string>() };
    const { saved, unreadable } = addSaved(to, folder, {
      ...known,
      isSound: old?.isSound ?? false,
    });
    const sources = { old: known.ours, others: known.others.size, saved, unreadable };
    if (carried) {
      carryRows(sessionTables, carried, (row, table) => {
        const id = String(row[table === "sessions" ? "id" : "session_id"]);
        return !saved.get(id)?.isEnough;
      });
      carryRows(ledgerTables, carried, () => true);
      mendLedger(to);
    }
    setRevisions(to, sources);
    if (old) setOthersRevisions(to, old);
    return sources;
  });
}

interface KnownSessions {
  readonly ours: ReadonlyMap<string, OldSession>;
  readonly others: ReadonlySet<string>;
}

function sessionsIn(old: OldDatabase, owners: readonly OwnerIds[]): KnownSessions {
  const us = owners.find(({ isUs }) => isUs);
  const ours = new Map<string, OldSession>();
  const others = new Set<string>();
  const reader = us && old.as(us.old);
  for (const row of old.saneRows({ name: "sessions", order: "rowid" })) {
    const id = String(row["id"]);
    const owner = owners.find((one) => one.old === Number(row["owner"]));
    if (reader && owner?.isUs) ours.set(id, oldSession(row, isWhole(reader, id)));
    else if (owner) others.add(id);
  }
  return { ours, others };
}

function oldSession(row: Row, isReadable: boolean): OldSession {
  return {
    name: String(row["name"]),
    revision: Number(row["revision"]),
    nextPosition: Number(row["next_position"]),
    isWhole: isReadable,
  };
}

/** True if everything about the session can be read and fits together. */
function isWhole(old: Database, id: string): boolean {
  try {
    return isSnapshot(snapshot(old, id));
  } catch {
    return false;
  }
}

/**
 * Adds the saved sessions that the old database does not hold, or not whole, or not as new. Of a session that both know equally well, a sound database tells
 * more, and a damaged one may tell what nobody wrote.
 */
function addSaved(
  to: Database,
  folder: string,
  { ours, others, isSound }: KnownSessions & { readonly isSound: boolean },
): Pick<Sources, "saved" | "unreadable"> {
  const saved = new Map<string, SavedState>();
  const { newest, unreadable } = newestSaved(folder);
  for (const { snapshot: session, revision, path } of newest) {
    const { id } = session.session;
    const old = ours.get(id);
    const isEnough = !old || revision > old.revision || (revision === old.revision && !isSound);
    if (others.has(id) || (old?.isWhole && !isEnough)) continue;
    const add = (): void => {
      // Where it is as new, what the damaged database says of its contents counts for less.
      if (isEnough && !isSound) overwrite(to, session);
      addSnapshot(to, session);
    };
    if (tryTo(to, add)) saved.set(id, { revision, isEnough });
    else unreadable.push(path);
  }
  return { saved, unreadable };
}

/** Makes what is known of the contents of a session what its snapshot says; the snapshot itself is added afterwards. */
function overwrite(to: Database, { contents, providerFiles }: SessionSnapshot): void {
  const digests = to.prepare("delete from digests where owner = owner_id() and content_id = ?");
  for (const content of contents) {
    putContent(to, content);
    digests.run(content.contentId);
  }
  const uploads = to.prepare("delete from provider_files where owner = owner_id() and id = ?");
  for (const { id } of providerFiles) uploads.run(id);
}

interface Newest {
  readonly snapshot: SessionSnapshot;
  readonly revision: number;
  readonly path: string;
}

/** The newest state of each saved session, oldest session first. */
function newestSaved(folder: string): { newest: readonly Newest[]; unreadable: string[] } {
  const newest = new Map<string, Newest>();
  const unreadable: string[] = [];
  for (const session of savedSessions(folder)) {
    if (session.kind === "unreadable") {
      unreadable.push(session.path);
      continue;
    }
    const { id } = session.snapshot.session;
    // Somebody may have copied a session's folder.
    if ((newest.get(id)?.revision ?? -1) < session.revision) newest.set(id, session);
  }
  const oldestFirst = [...newest.values()].toSorted(
    (one, other) => one.snapshot.session.createdAt - other.snapshot.session.createdAt,
  );
  return { newest: oldestFirst, unreadable };
}

/** Does the work or leaves no trace of it, within a transaction. */
function tryTo(database: Database, work: () => void): boolean {
  database.prepareForAll("savepoint trial").run();
  try {
    work();
    return true;
  } catch (error) {
    database.prepareForAll("rollback to trial").run();
    if (!isMisfit(error)) throw error;
    return false;
  } finally {
    database.prepareForAll("release trial").run();
  }
}

/** Sets what grew while the rows were added back to what it was. */
function setRevisions(to: Database, { old, saved }: Sources): void {
  const set = to.prepare(
    "update sessions set revision = ?, next_position = max(next_position, ?) where id = ? and owner = owner_id()",
  );
  for (const id of new Set([...old.keys(), ...saved.keys()])) {
    const before = old.get(id);
    const added = saved.get(id);
    const known = [before?.revision, added?.revision].filter((state) => state !== undefined);
    // What was put together from two states is newer than both.
    const isMixed = added?.isEnough === false;
    set.run(Math.max(...known) + (isMixed ? 1 : 0), before?.nextPosition ?? 0, id);
  }
}

function setOthersRevisions(to: Database, old: OldDatabase): void {
  const set = to.prepareForAll(
    "update sessions set revision = ? where id = ? and owner <> owner_id()",
  );
  for (const row of old.saneRows({ name: "sessions", order: "rowid" })) {
    set.run(Number(row["revision"]), String(row["id"]));
  }
}
