import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { join } from "node:path";
import { isContextError } from "../core/errors.ts";
import type { ContentId } from "../core/files/content.ts";
import type { Archives } from "../core/ports/archives.ts";
import type { Contents, ContentSource, FileFacts } from "../core/ports/contents.ts";
import type { ThreadMethods } from "../threads/serve.ts";
import { readArchive } from "./archive-read.ts";
import { writeArchive } from "./archive-write.ts";
import { createBlobs, idOf, type Blobs } from "./blobs.ts";
import { readFileContext } from "./file-context-format.ts";
import { createIgnored } from "./ignored.ts";
import { failure, localFile, withFile, type LocalFile } from "./local-file.ts";
import { mediaTypeOf } from "./media-types.ts";
import { attempts, changing, readStill, type ReadOptions, type Reading } from "./read-file.ts";
import { putBack } from "./put-back.ts";
import { createTurns } from "../threads/turns.ts";
import { fileUpkeep } from "./upkeep/file-upkeep.ts";
import type { FileUpkeep } from "./upkeep/upkeep.ts";

/** What the contents' thread does, with its blobs below `folder`. The signal of each method comes last, from the thread. */
export function createContentsMethods(
  folder: string,
): ThreadMethods & Contents & Archives & FileUpkeep {
  const blobs = createBlobs(join(folder, "blobs"));
  const isIgnored = createIgnored();
  const turns = createTurns();

  async function keep(file: LocalFile, options: ReadOptions): Promise<Reading> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const reading = await readStill(file, options);
      if (await blobs.keep(reading.contentId, file, options)) return reading;
    }
    throw changing(file);
  }
  const inTurn =
    (readWith: (file: LocalFile, options: ReadOptions) => Promise<Reading>): Contents["inspect"] =>
    async (uri, maxBytes, signal) => {
      const file = localFile(uri);
      const reading = await turns.run(() => readWith(file, { maxBytes, turns, signal }));
      return factsOf(file, reading, isIgnored(file.path));
    };
  return {
    inspect: inTurn(readStill),
    take: inTurn(keep),
    // From here on not in turn: who asks waits for an answer, and must not stand behind ten thousand files.
    read: (source, signal) => read(blobs, source, { turns, signal }),
    putBack: async (source, within, signal) =>
      putBack(await read(blobs, source, { turns, signal }), localFile(source.uri), within),
    kept: (contentIds, signal) => keptOf(blobs, contentIds, { turns, signal }),
    writeArchive: (target, session, withContents, signal) =>
      writeArchive({ blobs, turns, signal }, target, session, withContents),
    readArchive: (source, signal) => readArchive({ blobs, turns, signal }, source),
    ...fileUpkeep(folder, turns),
    readFileContext: async (source) => readFileContext(localFile(source)),
  };
}

function factsOf({ name }: LocalFile, reading: Reading, ignoredByGit: boolean): FileFacts {
  const { contentId, bytes, lines, holdsPrivateKey } = reading;
  const mediaType = mediaTypeOf(name, lines !== undefined);
  return {
    content: { contentId, bytes, mediaType, ...(lines !== undefined && { lines }) },
    holdsPrivateKey,
    ignoredByGit,
  };
}

async function keptOf(
  blobs: Blobs,
  contentIds: readonly ContentId[],
  { turns, signal }: Reader,
): Promise<readonly ContentId[]> {
  const found: ContentId[] = [];
  for (const contentId of contentIds) {
    await turns.pause(signal);
    if (blobs.has(contentId)) found.push(contentId);
  }
  return found;
}

async function read(blobs: Blobs, source: ContentSource, reader: Reader): Promise<Bytes> {
  const isKept = blobs.has(source.contentId);
  const kept = isKept && (await readBlob(blobs.fileOf(source.contentId), source, reader));
  const bytes = kept || (await readFile(source, reader));
  if (bytes) return bytes;
  const name = nameOf(source);
  throw failure(
    "content-missing",
    `${name} has changed or is gone, and no copy of its earlier bytes was kept: add the file again`,
    { name, path: "" },
  );
}

type Bytes = Uint8Array<ArrayBuffer>;
type Reader = Pick<ReadOptions, "turns" | "signal">;

/** Files above this size, in bytes, are hashed before they are loaded: they may have grown to any size. */
const loadedAtOnce = 64 * 1024 * 1024;

async function readBlob(
  blob: LocalFile,
  source: ContentSource,
  reader: Reader,
): Promise<Bytes | undefined> {
  const name = nameOf(source);
  const damaged = (cause?: unknown): Error =>
    failure(
      "content-damaged",
      `The stored copy of ${name} is damaged: add the file again to store a new one`,
      { name, path: blob.path },
      cause,
    );
  try {
    const bytes = await load(blob, source.contentId, reader);
    if (bytes) return bytes;
  } catch (error) {
    // Removed a moment ago: then the file is asked.
    if (isContextError(error) && error.code === "file-missing") return undefined;
    throw isContextError(error) ? damaged(error) : error;
  }
  throw damaged();
}

async function readFile(source: ContentSource, reader: Reader): Promise<Bytes | undefined> {
  try {
    return await load(localFile(source.uri), source.contentId, reader);
  } catch (error) {
    // Whatever keeps the file from being read: its bytes are not to be had.
    if (isContextError(error)) return undefined;
    throw error;
  }
}

/** The bytes of a file; undefined if they do not have this id. */
async function load(
  file: LocalFile,
  contentId: string,
  reader: Reader,
): Promise<Bytes | undefined> {
  return withFile(file, async ({ descriptor, stats }) => {
    if (stats.size > loadedAtOnce && (await idOf(file, reader)) !== contentId) return undefined;
    const bytes = new Uint8Array(Number(stats.size));
    const hash = createHash("sha256");
    for (let at = 0; at < bytes.length;) {
      await reader.turns.pause(reader.signal);
      const length = readSync(descriptor, bytes, at, Math.min(bytes.length - at, 1024 * 1024), at);
      if (length === 0) return undefined;
      hash.update(bytes.subarray(at, at + length));
      at += length;
    }
    return hash.digest("hex") === contentId ? bytes : undefined;
  });
}

function nameOf(source: ContentSource): string {
  try {
    return localFile(source.uri).name;
  } catch {
    return source.uri;
  }
}
