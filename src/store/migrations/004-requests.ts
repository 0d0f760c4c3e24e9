/** The ledger: every request with its very bytes. The tables of step 2 that were meant for it were never used. */
export const requests: string = `
drop table ledger_entries;
drop table manifests;

-- One row for each request. What is known of it stays when its texts are forgotten.
create table requests (
  id text primary key not null,
  owner integer not null references owners (id),
  session_id text not null references sessions (id) on delete cascade,
  -- Of the same session. No reference: what is known of a request outlives the one before it.
  parent_id text,
  keeps integer not null,
  -- Messages of its log: those that it keeps, those that it adds, and its answer.
  messages integer not null,
  epoch integer not null,
  cause text,
  provider text not null,
  model text not null,
  max_input_tokens integer not null,
  tokens integer not null,
  expected_cached integer not null,
  digest text not null,
  -- JSON.
  left_out text not null,
  uses text not null,
  prices text,
  -- As the provider billed them; null: it did not say.
  input_tokens integer,
  cached_tokens integer,
  cache_written_tokens integer,
  output_tokens integer,
  created_at integer not null,
  -- The newest time at which it or a request right after it was created.
  built_on_at integer not null,
  -- 1: its blocks are gone.
  forgotten integer not null default 0,
  -- SHA-256 of the rows of the blocks that it adds; of its answer's, with the usage, and null until it is answered; of the rest of this row.
  added_digest text not null,
  answer_digest text,
  facts_digest text not null
) strict;
create index requests_by_session on requests (session_id, created_at);
create index requests_by_parent on requests (parent_id) where parent_id is not null;
create index requests_by_use on requests (owner, built_on_at) where forgotten = 0;

-- Equal texts are stored once: whatever begins anew repeats its files. Bytes, because not every string is UTF-8.
create table request_texts (
  owner integer not null references owners (id),
  -- SHA-256 of the text.
  digest text not null,
  text blob not null,
  primary key (owner, digest)
) strict;

-- The blocks of messages; what belongs to a message stands in each of its blocks.
create table request_blocks (
  owner integer not null,
  request_id text not null references requests (id) on delete cascade,
  -- added or answer.
  part text not null,
  message integer not null,
  position integer not null,
  role text not null,
  -- JSON.
  tool_calls text,
  tool_call_id text,
  message_tokens integer not null,
  kind text not null,
  tokens integer not null,
  -- JSON.
  files text not null,
  -- The content whose bytes stand in the message as themselves; null: there is none, or the provider has them.
  content_id text,
  text_digest text not null,
  primary key (request_id, part, message, position),
  foreign key (owner, text_digest) references request_texts (owner, digest)
) strict, without rowid;
create index request_blocks_by_text on request_blocks (owner, text_digest);
create index request_blocks_by_content on request_blocks (content_id) where content_id is not null;

-- Whoever deletes a block, with its session or alone: a text that no other needs goes with it.
create trigger request_blocks_delete after delete on request_blocks begin
  delete from request_texts where owner = old.owner and digest = old.text_digest
    and not exists (select 1 from request_blocks where owner = old.owner and text_digest = old.text_digest);
end;
`;
