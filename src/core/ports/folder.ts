/**
 * A flat folder of named entries on this machine. Names are letters, digits, `.`, `_` and `-`. An entry is complete or absent: a write that
 * has resolved survives a power cut, and a reader never sees half of one.
 */
export interface Folder {
  names(): Promise<readonly string[]>;
  /** The bytes of an entry; undefined if there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes an entry; an entry that is not there is no error. */
  remove(name: string): Promise<void>;
}
