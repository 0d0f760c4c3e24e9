import type { Folder } from "../../src/core/ports/folder.ts";

/** A folder in memory that refuses names that the port forbids. */
export interface MemoryFolder extends Folder {
  readonly entries: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** What each operation waits for or fails with; replace it to disturb. */
  before: (operation: "names" | "read" | "write" | "remove", name: string) => Promise<void>;
}

export function memoryFolder(): MemoryFolder {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const folder: MemoryFolder = {
    entries,
    before: async () => {},
    async names() {
      await folder.before("names", "");
      return [...entries.keys()];
    },
    async read(name) {
      await folder.before("read", checked(name));
      return entries.get(name);
    },
    async write(name, bytes) {
      await folder.before("write", checked(name));
      entries.set(name, new Uint8Array(bytes));
    },
    async remove(name) {
      await folder.before("remove", checked(name));
      entries.delete(name);
    },
  };
  return folder;
}

function checked(name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw new Error(`not a name: ${name}`);
  return name;
}
