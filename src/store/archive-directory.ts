import { flaw, readAt, type ArchiveEntry, type OpenArchive } from "./archive-entry.ts";
import { archiveLimits, isKnownEntry } from "./archive-format.ts";

// PKWARE APPNOTE 4.3.12 and 4.3.16: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const centralBytes = 46;
const endBytes = 22;
const longestComment = 65_535;
/** Twice what the directory of a full archive has. */
const largestDirectory = 16_000_000;

/**
 * The entries that are read, by name; all others are passed over. The directory is asked, not the headers between the entries: a stored
 * entry may hold another zip, whose headers look just like ours. Throws `archive-invalid`, also where the declared sizes are too large.
 */
export function readDirectory(archive: OpenArchive): ReadonlyMap<string, ArchiveEntry> {
  const { count, offset, bytes } = readEnd(archive);
  const directory = readAt(archive, offset, bytes);
  const entries = new Map<string, ArchiveEntry>();
  let at = 0;
  for (let left = count; left > 0; left--) {
    const { entry, next } = entryAt(archive, directory, at);
    at = next;
    if (!isKnownEntry(entry.name)) continue;
    if (entries.has(entry.name)) throw flaw(archive, `it holds ${entry.name} twice`);
    entries.set(entry.name, entry);
  }
  if (at !== directory.length) throw flaw(archive, "its directory is damaged");
  const total = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
  if (total > archiveLimits.totalBytes) throw flaw(archive, "it holds more than a session may");
  return entries;
}

interface End {
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

function readEnd(archive: OpenArchive): End {
  const tailBytes = Math.min(archive.size, endBytes + longestComment);
  const tail = readAt(archive, archive.size - tailBytes, tailBytes);
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    if (at + endBytes + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const end = {
      count: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
    const endsAt = archive.size - tail.length + at;
    if (end.count > archiveLimits.entries || end.bytes > largestDirectory) {
      throw flaw(archive, "it has more entries than a session");
    }
    if (end.offset + end.bytes !== endsAt) throw flaw(archive, "its directory is damaged");
    return end;
  }
  throw flaw(archive, "it is not a zip file, or not all of one");
}

function entryAt(
  archive: OpenArchive,
  directory: Buffer,
  at: number,
): { readonly entry: ArchiveEntry; readonly next: number } {
  const nameAt = at + centralBytes;
  if (nameAt > directory.length || directory.readUInt32LE(at) !== centralSignature) {
    throw flaw(archive, "its directory is damaged");
  }
  const [nameBytes, extraBytes, commentBytes] = [
    directory.readUInt16LE(at + 28),
    directory.readUInt16LE(at + 30),
    directory.readUInt16LE(at + 32),
  ];
  const method = directory.readUInt16LE(at + 10);
  const entry: ArchiveEntry = {
    name: directory.toString("latin1", nameAt, nameAt + nameBytes),
    isDeflated: method === 8,
    crc: directory.readUInt32LE(at + 16),
    packedBytes: directory.readUInt32LE(at + 20),
    bytes: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
  const isEncrypted = (directory.readUInt16LE(at + 8) & 1) !== 0;
  if (isKnownEntry(entry.name) && (isEncrypted || ![0, 8].includes(method))) {
    throw flaw(archive, `${entry.name} is encrypted, or compressed in another way than deflate`);
  }
  return { entry, next: nameAt + nameBytes + extraBytes + commentBytes };
}
