/** A store with a real database, real blobs and real files, and a time that tests set: what expiry is tested on. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sweepCopies, type Sweep } from "../../../../src/core/files/expire.ts";
import type { OperationSubject } from "../../../../src/core/operations/operation.ts";
import { runOperation, type RunOperation } from "../../../../src/core/operations/run.ts";
import type { Contents } from "../../../../src/core/ports/contents.ts";
import type { Copies, ExpiryRule } from "../../../../src/core/ports/copies.ts";
import type { SessionFile } from "../../../../src/core/session/session.ts";
import { blobPath } from "../../../../src/store/blobs.ts";
import type { Clocks } from "../../../../src/store/clock.ts";
import { createContentsMethods } from "../../../../src/store/contents-methods.ts";
import { copyMethods, type CopyMethods } from "../../../../src/store/copy-methods.ts";
import { openDatabase, type Database } from "../../../../src/store/database.ts";
import { addFiles, changeFiles, removeFiles } from "../../../../src/store/session-files.ts";
import { createSession, view } from "../../../../src/store/sessions.ts";
import { idOf, sessionOf } from "../../../store/samples.ts";
import { temporaryFolder } from "../../../store/temporary-folder.ts";

export const hour = 3_600_000;
export const day = 24 * hour;
export const rule: ExpiryRule = {
  lifetime: 2 * day,
  countFrom: "upload",
  trashTime: 7 * day,
  maxBytes: 1_000_000,
};

const start = Date.UTC(2026, 2, 28);

/** Two windows on one store, with a folder of the user's files. */
export class World {
  readonly folder: string;
  readonly logged: OperationSubject[] = [];
  readonly databases: readonly Database[];
  readonly windows: readonly Copies[];
  readonly contents: Contents;
  /** Milliseconds since 1970, as they really pass. */
  now: number = start;
  /** What the wall clock is wrong by. */
  wallError = 0;
  /** When the machine was started. */
  bootedAt: number = start - day;

  /** `place` is where its folder is made; among the temporary files if it is left out. */
  constructor(place?: string) {
    this.folder = temporaryFolder(place);
    mkdirSync(this.#user(""));
    const clocks: Clocks = {
      wall: () => this.now + this.wallError,
      uptime: () => this.now - this.bootedAt,
      host: "here",
    };
    const storeFolder = join(this.folder, "store");
    this.databases = [openDatabase(storeFolder), openDatabase(storeFolder)];
    this.contents = createContentsMethods(storeFolder);
    const blobs = join(storeFolder, "blobs");
    this.windows = this.databases.map((database) => {
      const store = { database, blobs, clocks };
      return asynchronous(copyMethods(() => store));
    });
    createSession(this.database, sessionOf("s"));
  }

  /** Forgets all rows, blobs and files, so that one world serves many runs. */
  clear(): void {
    this.database.write(() => {
      for (const table of ["session_files", "trash", "digests", "saved_files", "contents", "clock"])
        this.database.prepareForAll(`delete from ${table}`).run();
      this.database.prepareForAll("update owners set expiry_announced_at = null").run();
    });
    rmSync(join(this.folder, "store", "blobs"), { recursive: true, force: true });
    rmSync(this.#user(""), { recursive: true, force: true });
    mkdirSync(this.#user(""));
    this.logged.length = 0;
    Object.assign(this, { now: start, wallError: 0, bootedAt: start - day });
  }

  get database(): Database {
    const [database] = this.databases;
    if (!database) throw new Error("the world has no window");
    return database;
  }

  get copies(): Copies {
    const [copies] = this.windows;
    if (!copies) throw new Error("the world has no window");
    return copies;
  }

  /** Writes a file of the user. */
  write(name: string, text: string): void {
    writeFileSync(this.#user(name), text);
  }

  remove(name: string): void {
    rmSync(this.#user(name), { force: true });
  }

  /** The text of a file of the user; undefined if it is gone. */
  read(name: string): string | undefined {
    return existsSync(this.#user(name)) ? readFileSync(this.#user(name), "utf8") : undefined;
  }

  uri(name: string): string {
    return pathToFileURL(this.#user(name)).href;
  }

  /** Adds the file to the session, or renews it there. */
  async add(name: string): Promise<void> {
    const { content } = await this.contents.inspect(this.uri(name), 1_000);
    addFiles(this.database, [{ sessionId: "s", uri: this.uri(name), content }]);
  }

  /** Does what an upload, or a send, does to the store. Returns the content id. */
  async use(name: string, use: "upload" | "send"): Promise<string> {
    const { content } = await this.contents.take(this.uri(name), 1_000);
    addFiles(this.database, [{ sessionId: "s", uri: this.uri(name), content }]);
    await this.copies.useCopies([content.contentId], use);
    return content.contentId;
  }

  pin(name: string, pinned: boolean): void {
    const file = this.file(name);
    if (file) changeFiles(this.database, [{ id: file.id, change: { pinned } }]);
  }

  drop(name: string): void {
    const file = this.file(name);
    if (file) removeFiles(this.database, [file.id]);
  }

  files(): readonly SessionFile[] {
    return view(this.database, "s")?.files.map(({ file }) => file) ?? [];
  }

  file(name: string): SessionFile | undefined {
    return this.files().find(({ uri }) => uri === this.uri(name));
  }

  hasBlob(contentId: string): boolean {
    return existsSync(blobPath(join(this.folder, "store", "blobs"), contentId));
  }

  blobOf(text: string): boolean {
    return this.hasBlob(idOf(text));
  }

  /** Lets time pass, on all clocks. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  sweep(change: Partial<ExpiryRule> = {}, window = 0): Promise<Sweep> {
    const copies = this.windows[window] ?? this.copies;
    return sweepCopies(
      {
        copies,
        contents: this.contents,
        run: this.#run,
      },
      { ...rule, ...change },
    );
  }

  readonly #run: RunOperation = (subject, work) =>
    runOperation(
      {
        append: async (events) => {
          this.logged.push(...events.filter(({ event }) => event === "completed"));
        },
      },
      { subject, commandId: "sweep", now: () => this.now, newId: () => crypto.randomUUID() },
      work,
    );

  #user(name: string): string {
    return join(this.folder, "user", name);
  }
}

/** A port as the registry's thread answers it. */
function asynchronous(methods: CopyMethods): Copies {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      async (...args: unknown[]) => (method as (...all: unknown[]) => unknown)(...args),
    ]),
  ) as unknown as Copies;
}
