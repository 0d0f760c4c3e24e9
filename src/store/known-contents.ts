import type { Content, ContentId } from "../core/files/content.ts";
import type { Database } from "./database.ts";
import { contentOf, stored } from "./rows.ts";

// A row that says the same already is left alone, so that nobody is told of a change.
const put = `
  insert into contents (owner, content_id, bytes, media_type, lines, tokens) values (owner_id(), ?, ?, ?, ?, ?)
  on conflict (owner, content_id) do update set
    bytes = excluded.bytes,
    media_type = excluded.media_type,
    lines = excluded.lines,
    tokens = coalesce(excluded.tokens, tokens)
  where bytes is not excluded.bytes
    or media_type is not excluded.media_type
    or lines is not excluded.lines
    or tokens is not coalesce(excluded.tokens, tokens)`;

/** What is known of a content; undefined if nothing is. */
export function content(database: Database, contentId: ContentId): Content | undefined {
  return database.read(() => {
    const row = database
      .prepare("select * from contents where owner = owner_id() and content_id = ?")
      .get(contentId);
    return row && contentOf(row);
  });
}

/** Stores what is known of contents; see the port. */
export function saveContents(database: Database, contents: readonly Content[]): void {
  database.write(() => {
    for (const known of contents) putContent(database, known);
  });
}

/** Stores what is known of one content, in the transaction of the caller. */
export function putContent(database: Database, known: Content): void {
  const { contentId, bytes, mediaType, lines, tokens } = known;
  database.prepare(put).run(contentId, bytes, mediaType, stored(lines), stored(tokens));
}
