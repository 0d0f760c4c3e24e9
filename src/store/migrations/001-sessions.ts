/** Sessions with their files, contents and uploads. */
export const sessions: string = `
create table sessions (
  id text primary key not null,
  name text not null,
  workspace text not null,
  fence text not null,
  created_at integer not null,
  -- Positions are never given twice, so a file that comes back by undo stands where it stood.
  next_position integer not null default 0
) strict;
create index sessions_by_workspace on sessions (workspace, created_at);

create table contents (
  content_id text primary key not null,
  bytes integer not null,
  media_type text not null,
  lines integer,
  tokens integer
) strict;

create table session_files (
  id text primary key not null,
  session_id text not null references sessions (id) on delete cascade,
  uri text not null,
  role text not null,
  pinned integer not null,
  evicted integer not null,
  content_id text not null references contents (content_id),
  disk text not null,
  context text not null,
  out_reason text,
  position integer not null,
  send_allowed text,
  upload_allowed text,
  unique (session_id, uri)
) strict;
create index session_files_in_order on session_files (session_id, position);
create index session_files_by_content on session_files (content_id);

create table provider_files (
  id text primary key not null,
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
create index provider_files_by_content on provider_files (content_id);
-- The promise "uploaded once": at most one live upload for each key.
create unique index provider_files_live
  on provider_files (content_id, provider, base_url, account, purpose, media_type)
  where state in ('sending', 'ready', 'unknown');
`;
