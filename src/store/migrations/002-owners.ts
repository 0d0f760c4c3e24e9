/**
 * Rows get their owner; the store gets digests, phases, findings, ledgers, an operations log and a trash. Tables are made anew because SQLite
 * cannot add a column that refers to another table.
 */
export const owners: string = `
create table owners (
  id integer primary key,
  -- The name of a user of this machine, or an account. Null: the rows are older than owners, and the next user takes them over.
  name text unique,
  -- When this owner was told that stored copies expire; null: not yet.
  expiry_announced_at integer
) strict;
insert into owners (id) values (1);

-- The store's own time, and what the clocks said when it was told last. One row.
create table clock (
  id integer primary key check (id = 1),
  time integer not null,
  wall integer not null,
  host text not null,
  uptime integer not null
) strict;

create table sessions_2 (
  id text primary key not null,
  owner integer not null references owners (id),
  name text not null,
  workspace text not null,
  fence text not null,
  created_at integer not null,
  -- Positions are never given twice, so a file that comes back by undo stands where it stood.
  next_position integer not null default 0,
  -- Grows with every change that file_context.json shows.
  revision integer not null default 0
) strict;
insert into sessions_2
  select id, 1, name, workspace, fence, created_at, next_position, 1 from sessions order by rowid;

create table contents_2 (
  owner integer not null references owners (id),
  content_id text not null,
  bytes integer not null,
  media_type text not null,
  lines integer,
  tokens integer,
  -- In the store's time: when the blob was stored or uploaded, and when it was used last; null: there is none, or it lies in the trash.
  stored_at integer,
  used_at integer,
  primary key (owner, content_id)
) strict, without rowid;
insert into contents_2
  select 1, content_id, bytes, media_type, lines, tokens, null, null from contents;

create table session_files_2 (
  id text primary key not null,
  owner integer not null,
  session_id text not null references sessions_2 (id) on delete cascade,
  uri text not null,
  role text not null,
  pinned integer not null,
  evicted integer not null,
  content_id text not null,
  disk text not null,
  context text not null,
  out_reason text,
  position integer not null,
  send_allowed text,
  upload_allowed text,
  unique (session_id, uri),
  foreign key (owner, content_id) references contents_2 (owner, content_id)
) strict;
insert into session_files_2
  select id, 1, session_id, uri, role, pinned, evicted, content_id, disk, context, out_reason, position, send_allowed, upload_allowed
  from session_files order by rowid;

create table provider_files_2 (
  id text primary key not null,
  owner integer not null references owners (id),
  content_id text not null,
  provider text not null,
  base_url text not null,
  account text not null,
  purpose text not null,
  media_type text not null,
  state text not null,
  remote_name text not null,
  provider_file_id text,
  started_at integer not null,
  expires_at integer,
  verified_at integer
) strict;
insert into provider_files_2
  select id, 1, content_id, provider, base_url, account, purpose, media_type, state, remote_name, provider_file_id, started_at, expires_at, verified_at
  from provider_files order by rowid;

drop table session_files;
drop table provider_files;
drop table sessions;
drop table contents;
alter table sessions_2 rename to sessions;
alter table contents_2 rename to contents;
alter table session_files_2 rename to session_files;
alter table provider_files_2 rename to provider_files;

create index sessions_by_workspace on sessions (owner, workspace, created_at);
create index contents_stored on contents (owner, stored_at) where stored_at is not null;
create index session_files_in_order on session_files (session_id, position);
create index session_files_by_content on session_files (content_id);
create index provider_files_by_content on provider_files (content_id);
-- The promise "uploaded once": at most one live upload for each key.
create unique index provider_files_live
  on provider_files (owner, content_id, provider, base_url, account, purpose, media_type)
  where state in ('sending', 'ready', 'unknown');

create table digests (
  owner integer not null,
  content_id text not null,
  extractor text not null,
  version integer not null,
  type text not null,
  -- JSON arrays.
  columns text,
  rows integer,
  preview text not null,
  text text not null,
  primary key (owner, content_id, extractor),
  foreign key (owner, content_id) references contents (owner, content_id) on delete cascade
) strict;

create table phases (
  owner integer not null references owners (id),
  session_id text not null references sessions (id) on delete cascade,
  number integer not null,
  name text not null,
  started_at integer not null,
  primary key (session_id, number)
) strict;

create table findings (
  id text primary key not null,
  owner integer not null references owners (id),
  session_id text not null references sessions (id) on delete cascade,
  phase integer not null,
  title text not null,
  text text not null,
  -- A JSON array.
  content_ids text not null,
  created_at integer not null
) strict;
create index findings_by_session on findings (session_id, created_at);

-- Files as they were saved for later phases; they stay when the session file goes.
create table saved_files (
  owner integer not null,
  session_id text not null references sessions (id) on delete cascade,
  uri text not null,
  content_id text not null,
  phase integer not null,
  saved_at integer not null,
  primary key (session_id, uri),
  foreign key (owner, content_id) references contents (owner, content_id)
) strict;
create index saved_files_by_content on saved_files (content_id);

-- What was sent, entry by entry; an epoch is replayed unchanged.
create table ledger_entries (
  owner integer not null references owners (id),
  session_id text not null references sessions (id) on delete cascade,
  epoch integer not null,
  position integer not null,
  kind text not null,
  uri text,
  content_id text,
  representation text,
  tokens integer not null,
  -- The very text, and its SHA-256.
  payload text not null,
  payload_digest text not null,
  created_at integer not null,
  primary key (session_id, epoch, position)
) strict;
create index ledger_entries_by_content on ledger_entries (content_id) where content_id is not null;

-- One for each request: what it held, in order.
create table manifests (
  id text primary key not null,
  owner integer not null references owners (id),
  session_id text not null references sessions (id) on delete cascade,
  epoch integer not null,
  provider text not null,
  model text not null,
  -- JSON: the entries with content id, representation, extractor version, range and tokens.
  entries text not null,
  payload_digest text not null,
  -- As the provider billed them; null: it did not say.
  input_tokens integer,
  cached_tokens integer,
  output_tokens integer,
  created_at integer not null
) strict;
create index manifests_by_session on manifests (session_id, created_at);

-- Stored copies that have expired, and the session files whose bytes are nowhere else.
create table trash (
  owner integer not null,
  content_id text not null,
  -- The name that people know the file by.
  name text not null,
  trashed_at integer not null,
  -- JSON: the session files that went with it.
  files text not null,
  primary key (owner, content_id),
  foreign key (owner, content_id) references contents (owner, content_id)
) strict;

-- One row for each event of an operation. The log outlives what it tells of, so nothing is referenced.
create table operations (
  sequence integer primary key autoincrement,
  owner integer not null references owners (id),
  id text not null,
  command_id text not null,
  kind text not null,
  event text not null,
  at integer not null,
  process text not null,
  session_id text,
  uri text,
  content_id text,
  provider text,
  bytes integer,
  attempt integer,
  duration_ms integer,
  error_code text
) strict;
create index operations_by_id on operations (id);
create index operations_by_file on operations (uri, sequence) where uri is not null;

${revisionTriggers()}
`;

/** Every change that file_context.json shows makes the session's revision grow, whoever makes it. */
function revisionTriggers(): string {
  const bySession = ["session_files", "phases", "findings", "saved_files"].flatMap((table) =>
    (["insert", "update", "delete"] as const).map(
      (event) => `
  create trigger ${table}_${event} after ${event} on ${table} begin
    update sessions set revision = revision + 1 where id = ${event === "delete" ? "old" : "new"}.session_id;
  end;`,
    ),
  );
  const byContent = ["provider_files", "digests"].flatMap((table) =>
    (["insert", "update"] as const).map(
      (event) => `
  create trigger ${table}_${event} after ${event} on ${table} begin
    update sessions set revision = revision + 1
    where id in (select session_id from session_files where content_id = new.content_id and owner = new.owner);
  end;`,
    ),
  );
  const renamed = `
  create trigger sessions_renamed after update of name on sessions begin
    update sessions set revision = revision + 1 where id = new.id;
  end;`;
  return [...bySession, ...byContent, renamed].join("\n");
}
