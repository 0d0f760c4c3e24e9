import { createHash } from "node:crypto";
import type { ContentId } from "../core/files/content.ts";
import type { ReadArchive } from "../core/ports/archives.ts";
import type { PortableSession } from "../core/session/portable.ts";
import { readDirectory } from "./archive-directory.ts";
import { eachPieceOf, flaw, type ArchiveEntry, type OpenArchive } from "./archive-entry.ts";
import { archiveLimits, contentEntry, parseSession, sessionEntry } from "./archive-format.ts";
import type { ArchiveParts } from "./archive-write.ts";
import { localFile, withFile } from "./local-file.ts";
import { changing } from "./read-file.ts";

type Entries = ReadonlyMap<string, ArchiveEntry>;

/**
 * Reads the archive; see the port.
 * 1. The directory: which entries there are, and whether they are too many or too large.
 * 2. The session, and whether it makes sense.
 * 3. All contents once, and whether they are what their names say. Nothing was kept so far.
 * 4. All contents again, into the store. The name of an entry never becomes a path: a blob's path is made of its content id.
 */
export async function readArchive(parts: ArchiveParts, source: string): Promise<ReadArchive> {
  const file = localFile(source);
  return withFile(file, async ({ descriptor, stats }) => {
    const archive = { ...parts, file, descriptor, size: Number(stats.size) };
    const entries = readDirectory(archive);
    const session = await readSession(archive, entries);
    const found = foundContents(archive, entries, session);
    for (const [contentId, entry] of found) await verify(archive, contentId, entry);
    for (const [contentId, entry] of found) {
      const isKept = await parts.blobs.keepPieces(
        contentId,
        (take) => eachPieceOf(archive, entry, take),
        parts,
      );
      if (!isKept) throw changing(file);
    }
    return { session, contents: found.map(([contentId]) => contentId) };
  });
}

async function readSession(archive: OpenArchive, entries: Entries): Promise<PortableSession> {
  const entry = entries.get(sessionEntry);
  if (!entry) throw flaw(archive, `it holds no ${sessionEntry}`);
  if (entry.bytes > archiveLimits.sessionBytes) {
    throw flaw(archive, `its ${sessionEntry} is larger than that of any session`);
  }
  const pieces: Uint8Array[] = [];
  await eachPieceOf(archive, entry, (piece) => void pieces.push(piece));
  return parseSession(Buffer.concat(pieces).toString(), archive.file.name);
}

/** Contents that the session does not describe are passed over: nothing would ever ask for them. */
function foundContents(
  archive: OpenArchive,
  entries: Entries,
  session: PortableSession,
): readonly (readonly [ContentId, ArchiveEntry])[] {
  return session.contents.flatMap(({ contentId, bytes }) => {
    const entry = entries.get(contentEntry(contentId));
    if (!entry) return [];
    if (entry.bytes !== bytes) throw flaw(archive, `${entry.name} has another size than it should`);
    return [[contentId, entry] as const];
  });
}

async function verify(
  archive: OpenArchive,
  contentId: ContentId,
  entry: ArchiveEntry,
): Promise<void> {
  const hash = createHash("sha256");
  await eachPieceOf(archive, entry, (piece) => void hash.update(piece));
  if (hash.digest("hex") !== contentId) throw flaw(archive, `${entry.name} holds other bytes`);
}
