import { ContextError } from "../core/errors.ts";
import type { LedgerMessage } from "../core/context/ledger/ledger.ts";
import type { Usage } from "../core/ports/provider-chat.ts";
import type { RequestFacts, SentRequest } from "../core/ports/request-log.ts";
import type { Database } from "./database.ts";
import { sentRequests, soundFactsOf } from "./request-chain.ts";
import { rowOfAnswer, rowOfRequest, rowsOfBlocks, type NewRow, type Part } from "./request-rows.ts";
import { bytesOf, sha256 } from "./request-texts.ts";
import type { Row } from "./rows.ts";
import { insertInto } from "./sql.ts";
import { sessionMissing } from "./store-errors.ts";

/** A request and those before it: all of its conversation, or as far back as each repeats the one before. */
function requestsBefore(how: "in its conversation" | "that it repeats"): string {
  // Not `union all`: damage may lead in circles.
  return `with recursive chain (id, parent_id, keeps) as (
    select id, parent_id, keeps from requests where id = ?1 and owner = owner_id()
    union select requests.id, requests.parent_id, requests.keeps
      from chain join requests on requests.id = chain.parent_id and requests.owner = owner_id()
      ${how === "that it repeats" ? "where chain.keeps > 0" : ""})`;
}

const repeated = requestsBefore("that it repeats");

/** Stores a request; see the port. `builtOnAt` is the store's own time, by which its texts expire. */
export function saveRequest(
  database: Database,
  request: SentRequest,
  builtOnAt: number = request.createdAt,
): void {
  requireSound(request);
  database.writeQuietly(() => {
    requireSession(database, request.sessionId);
    if (request.keeps !== 0 || request.parentId !== undefined) requireParent(database, request);
    const added = storeTexts(database, request.added);
    insert(database, "requests", { ...rowOfRequest(request, added), built_on_at: builtOnAt });
    insertBlocks(database, { id: request.id, part: "added", rows: added });
    database
      .prepare(
        "update requests set built_on_at = max(built_on_at, ?) where id = ? and owner = owner_id()",
      )
      .run(builtOnAt, request.parentId ?? null);
    if (request.answered) saveAnswer(database, request.id, request.answer, request.usage);
  });
}

/** Stores what came back; see the port. */
export function saveAnswer(
  database: Database,
  id: string,
  answer: readonly LedgerMessage[],
  usage: Usage | undefined,
): void {
  requireBlocks(answer);
  database.writeQuietly(() => {
    const open = database
      .prepare(
        "select forgotten from requests where id = ? and owner = owner_id() and answer_digest is null",
      )
      .get(id);
    if (!open) return;
    // The texts of a request that was forgotten while it waited are not needed, its bill is.
    const rows = open["forgotten"] === 1 ? [] : storeTexts(database, answer);
    const change = { ...rowOfAnswer(usage, rows) };
    const assignments = Object.keys(change).map((column) => `${column} = ?`);
    database
      .prepare(
        `update requests set messages = messages + ?, ${assignments.join(", ")} where id = ? and owner = owner_id()`,
      )
      .run(answer.length, ...Object.values(change), id);
    insertBlocks(database, { id, part: "answer", rows });
  });
}

/** A request and those whose bytes it repeats, oldest first; see the port. Throws `store-damaged` rather than return what was not sent. */
export function chain(database: Database, id: string): readonly SentRequest[] {
  return database.read(() => {
    const rows = inOrder(
      database.prepare(`${repeated} select requests.* from chain join requests using (id)`).all(id),
      id,
    );
    if (rows.some((row) => row["forgotten"] === 1)) return [];
    // `cross`: in this order, or the blocks of all requests would be read.
    const blocks = database
      .prepare(
        `${repeated} select request_blocks.* from chain cross join request_blocks on request_id = chain.id
        order by request_id, part, message, position`,
      )
      .all(id);
    const texts = database
      .prepare(
        `select digest, text from request_texts where owner = owner_id() and digest in (
          ${repeated} select text_digest from chain join request_blocks on request_id = chain.id)`,
      )
      .all(id);
    return sentRequests(rows, blocks, texts);
  });
}

/** The requests of a conversation, oldest first; see the port. */
export function conversation(database: Database, id: string): readonly RequestFacts[] {
  const before = requestsBefore("in its conversation");
  return database.read(() => {
    const rows = database
      .prepare(`${before} select requests.* from chain join requests using (id)`)
      .all(id);
    return inOrder(rows, id).map(soundFactsOf);
  });
}

/** The newest requests of a session, newest first. */
export function requests(
  database: Database,
  sessionId: string,
  limit: number,
): readonly RequestFacts[] {
  return database.read(() =>
    database
      .prepare(
        `select * from requests where session_id = ? and owner = owner_id()
        order by created_at desc, rowid desc limit ?`,
      )
      .all(sessionId, limit)
      .map(soundFactsOf),
  );
}

/** Forgets the texts of requests that nobody has built on since `before`, in the store's own time; see the port. */
export function forgetTexts(database: Database, before: number): number {
  return database.writeQuietly(() => {
    const forgotten = database
      .prepare(
        `with recursive needed (id, parent_id, keeps) as (
          select id, parent_id, keeps from requests
            where owner = owner_id() and forgotten = 0 and built_on_at >= ?
          union select requests.id, requests.parent_id, requests.keeps
            from needed join requests on requests.id = needed.parent_id and requests.owner = owner_id()
            where needed.keeps > 0)
        update requests set forgotten = 1
        where owner = owner_id() and forgotten = 0 and id not in (select id from needed) returning id`,
      )
      .all(before)
      .map((row) => String(row["id"]));
    removeBlocks(database, forgotten);
    return forgotten.length;
  });
}

/** Removes the blocks of requests, and with them the texts that no other needs, in the transaction of the caller. */
export function removeBlocks(database: Database, ids: readonly string[]): void {
  const remove = database.prepare(
    "delete from request_blocks where request_id = ? and owner = owner_id()",
  );
  for (const id of ids) remove.run(id);
}

/** The rows from the first to the one of `id`, each after the one that it names as its parent. */
function inOrder(rows: readonly Row[], id: string): readonly Row[] {
  const byId = new Map(rows.map((row) => [row["id"], row]));
  const ordered: Row[] = [];
  for (let row = byId.get(id); row; row = byId.get(row["parent_id"] ?? null)) {
    ordered.push(row);
    byId.delete(row["id"] ?? null);
  }
  return ordered.toReversed();
}

function requireSound(request: SentRequest): void {
  const { id, added, answer, answered, usage, digest, model, provider } = request;
  requireBlocks(added);
  requireBlocks(answer);
  if (!answered && (answer.length > 0 || usage)) throw new Error("an answer that has not come");
  if (![id, provider, model, digest].every((text) => text.isWellFormed())) {
    throw new Error(`the request ${id} has a name that is no Unicode`);
  }
}

function requireBlocks(messages: readonly LedgerMessage[]): void {
  if (messages.some(({ blocks }) => blocks.length === 0)) throw new Error("a message of no blocks");
}

function requireSession(database: Database, sessionId: string): void {
  const row = database
    .prepare("select 1 from sessions where id = ? and owner = owner_id()")
    .get(sessionId);
  if (!row) throw sessionMissing();
}

function requireParent(database: Database, { id, sessionId, parentId, keeps }: SentRequest): void {
  const parent = database
    .prepare(
      "select messages, forgotten from requests where id = ? and session_id = ? and owner = owner_id()",
    )
    .get(parentId ?? null, sessionId);
  if (!parent || (keeps > 0 && parent["forgotten"] === 1)) {
    throw new ContextError(
      "content-missing",
      "What was sent before in this conversation is no longer in the store: ask again to send it anew",
    );
  }
  if (keeps <= Number(parent["messages"]) && keeps >= 0) return;
  throw new Error(
    `the request ${id} keeps ${keeps} messages of ${parentId}, whose log holds ${Number(parent["messages"])}`,
  );
}

/** Stores texts that are not there yet, and gives the rows of the blocks that need them. */
function storeTexts(database: Database, messages: readonly LedgerMessage[]): readonly NewRow[] {
  // Where a stored text was damaged, the same text is here again.
  const store = database.prepare(
    `${insertInto("request_texts", ["digest", "text"])}
    on conflict (owner, digest) do update set text = excluded.text where text is not excluded.text`,
  );
  return rowsOfBlocks(messages, (text) => {
    const bytes = bytesOf(text);
    const digest = sha256(bytes);
    store.run(digest, bytes);
    return digest;
  });
}

interface NewBlocks {
  readonly id: string;
  readonly part: Part;
  readonly rows: readonly NewRow[];
}

function insertBlocks(database: Database, { id, part, rows }: NewBlocks): void {
  for (const row of rows) insert(database, "request_blocks", { request_id: id, part, ...row });
}

function insert(database: Database, table: string, row: NewRow): void {
  database.prepare(insertInto(table, Object.keys(row))).run(...Object.values(row));
}
