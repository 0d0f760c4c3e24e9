/** Uploads learn to wait, to be tried again, and to be looked for later. */
export const retries: string = `
-- Milliseconds since 1970 before which the provider wants no upload; for the state retry-at.
alter table provider_files add column retry_at integer;
alter table provider_files add column attempts integer not null default 0;
alter table provider_files add column error_code text;
-- 1: a request may have stored the file although the row says otherwise, so that lists are searched for it.
alter table provider_files add column in_doubt integer not null default 0;

drop index provider_files_live;
create unique index provider_files_live
  on provider_files (owner, content_id, provider, base_url, account, purpose, media_type)
  where state in ('planned', 'sending', 'ready', 'unknown');
create index provider_files_open on provider_files (owner, provider, base_url, account)
  where in_doubt = 1 or state in ('planned', 'sending', 'unknown', 'removing', 'retry-at');
create index provider_files_by_start on provider_files (owner, provider, base_url, account, started_at);
`;
