import { closeSync, openSync, readSync } from "node:fs";

/** What the first bytes of a database file say, read without SQLite: nothing is locked, created or repaired. */
export interface DatabaseHeader {
  readonly userVersion: number;
  readonly applicationId: number;
}

const headerBytes = 100;
const magic = "SQLite format 3\0";

/** The header of an SQLite file; undefined if the file does not begin as one. */
export function readHeader(file: string): DatabaseHeader | undefined {
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, "r");
  try {
    if (readSync(descriptor, header, 0, headerBytes, 0) < headerBytes) return undefined;
  } finally {
    closeSync(descriptor);
  }
  if (header.toString("latin1", 0, magic.length) !== magic) return undefined;
  // Offsets: https://sqlite.org/fileformat2.html#the_database_header
  return { userVersion: header.readUInt32BE(60), applicationId: header.readUInt32BE(68) };
}
