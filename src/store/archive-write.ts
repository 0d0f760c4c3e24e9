import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { ContextError, isContextError } from "../core/errors.ts";
import { isText, type Content, type ContentId } from "../core/files/content.ts";
import type { WrittenArchive } from "../core/ports/archives.ts";
import type { ContentSource } from "../core/ports/contents.ts";
import type { PortableSession } from "../core/session/portable.ts";
import { archiveLimits, contentEntry, sessionEntry } from "./archive-format.ts";
import { createZipWriter, isCompressed, type ZipWriter } from "./archive-zip.ts";
import { idOf, type Blobs, type EachPiece } from "./blobs.ts";
import { writeDurably } from "./durable-write.ts";
import { failure, localFile, withFile, type LocalFile } from "./local-file.ts";
import { changing, eachChunk, type ReadOptions } from "./read-file.ts";
import { storeError } from "./store-errors.ts";

/** What an archive is written from, and how long. */
export interface ArchiveParts extends Pick<ReadOptions, "turns" | "signal"> {
  readonly blobs: Blobs;
}

/** Writes the archive; see the port. */
export async function writeArchive(
  parts: ArchiveParts,
  target: string,
  session: PortableSession,
  withContents: readonly ContentSource[],
): Promise<WrittenArchive> {
  const file = targetFile(target);
  const text = Buffer.from(JSON.stringify(session));
  if (text.length > archiveLimits.sessionBytes) throw tooLarge(file);
  let bytes = 0;
  const stored = new Set<ContentId>();
  const fill = async (handle: FileHandle): Promise<void> => {
    const zip = createZipWriter(async (run) => {
      bytes += run.length;
      await handle.writeFile(run).catch((error: unknown) => {
        // Here the file is known: around this, a file is open that is only read.
        throw storeError(error, file.path);
      });
    });
    await zip.add(sessionEntry, "deflated", slices(text, parts));
    const room = createRoom(file, text.length);
    const described = new Map(session.contents.map((content) => [content.contentId, content]));
    for (const source of withContents) {
      const content = described.get(source.contentId);
      if (!content || stored.has(content.contentId)) continue;
      if (await add(parts, { zip, room, content, source })) stored.add(content.contentId);
    }
    await zip.end();
    parts.signal?.throwIfAborted();
  };
  await writeDurably(file.path, fill).catch((error: unknown) => {
    throw storeError(error, file.path);
  });
  const asked = [...new Set(withContents.map(({ contentId }) => contentId))];
  return { bytes, contents: stored.size, missing: asked.filter((id) => !stored.has(id)) };
}

const sliceBytes = 256 * 1024;

function slices(text: Uint8Array, { turns, signal }: ArchiveParts): EachPiece {
  return async (take) => {
    for (let at = 0; at < text.length; at += sliceBytes) {
      await turns.pause(signal);
      await take(text.subarray(at, at + sliceBytes));
    }
  };
}

interface Addition {
  readonly zip: ZipWriter;
  readonly room: (bytes: number) => void;
  readonly content: Content;
  readonly source: ContentSource;
}

/** Adds the content from where its bytes are; false if they are nowhere to be had. */
async function add(parts: ArchiveParts, addition: Addition): Promise<boolean> {
  const { zip, room, content, source } = addition;
  const { contentId } = content;
  const how = isCompressed(content.mediaType) && !isText(content) ? "stored" : "deflated";
  for (const file of filesOf(parts.blobs, source)) {
    // An entry cannot be taken back, so the bytes are looked at before it is begun.
    if (!(await holds(file, content, parts))) continue;
    room(content.bytes);
    const hash = createHash("sha256");
    await zip.add(contentEntry(contentId), how, (take) =>
      withFile(file, ({ descriptor }) =>
        eachChunk(descriptor, parts, async (chunk) => {
          hash.update(chunk);
          await take(chunk);
        }),
      ),
    );
    if (hash.digest("hex") !== contentId) throw changing(file);
    return true;
  }
  return false;
}

function filesOf(blobs: Blobs, { contentId, uri }: ContentSource): readonly LocalFile[] {
  const blob = blobs.has(contentId) ? [blobs.fileOf(contentId)] : [];
  try {
    return [...blob, localFile(uri)];
  } catch {
    return blob;
  }
}

/** True if the file has the bytes of the content. Whatever keeps it from being read: its bytes are not to be had. */
async function holds(file: LocalFile, content: Content, parts: ArchiveParts): Promise<boolean> {
  try {
    const size = await withFile(file, ({ stats }) => Number(stats.size));
    return size === content.bytes && (await idOf(file, parts)) === content.contentId;
  } catch (error) {
    if (isContextError(error)) return false;
    throw error;
  }
}

/** To be told of each entry before it is begun: throws when the archive could not be read again. */
function createRoom(file: LocalFile, taken: number): (bytes: number) => void {
  let entries = 1;
  let total = taken;
  return (bytes) => {
    entries++;
    total += bytes;
    if (entries > archiveLimits.entries || total > archiveLimits.totalBytes) throw tooLarge(file);
  };
}

function tooLarge(file: LocalFile): ContextError {
  const { entries, totalBytes } = archiveLimits;
  return failure(
    "file-too-large",
    `${file.name} would hold more than ${totalBytes / 1e9} GB or ${entries.toLocaleString("en")} files, the most that a .satchel file can hold: remove some files from the session, or export it without their contents`,
    file,
  );
}

function targetFile(target: string): LocalFile {
  try {
    return localFile(target);
  } catch (error) {
    throw new ContextError(
      "file-not-local",
      `${target} is not a place on this computer: choose a folder on this computer`,
      { file: target, cause: error },
    );
  }
}
