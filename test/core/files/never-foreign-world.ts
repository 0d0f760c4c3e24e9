/** Machines with real databases that share one account with each other and with other tools. */
import { join } from "node:path";
import type { RemoteFile, UploadRequest } from "../../../src/core/ports/provider-files.ts";
import type { ProviderWith } from "../../../src/core/ports/provider.ts";
import type { Registry, UploadCaps } from "../../../src/core/ports/registry.ts";
import type { UploadParts } from "../../../src/core/files/upload-parts.ts";
import type { FileView, SessionFile } from "../../../src/core/session/session.ts";
import { openDatabase, type Database } from "../../../src/store/database.ts";
import { content as knownContent, saveContents } from "../../../src/store/known-contents.ts";
import * as uploadMethods from "../../../src/store/uploads.ts";
import { contentOf } from "../../store/samples.ts";
import { temporaryFolder } from "../../store/temporary-folder.ts";
import { createShakyProvider, type ShakyProvider } from "./shaky-provider.ts";

export const minute = 60_000;
export const day = 24 * 60 * minute;

/** What machines may upload in each run. */
export const caps: UploadCaps = { filesPerMinute: 2, filesPerDay: 6, bytesPerDay: 40 };

/** Where the next step comes in between. */
export type Pause = "list" | "upload" | "wait";

/** What differs from provider to provider. */
export interface Habits {
  /** It tells the hash of its files. */
  readonly tellsHash: boolean;
  /** What it puts behind the names of its files. */
  readonly ending: string;
}

export class World {
  readonly machines: readonly Machine[];
  now = 0;
  shaky: ShakyProvider = createShakyProvider(() => this.now);
  habits: Habits = { tellsHash: false, ending: "" };
  /** What happens at the next such moment. */
  interruption: { readonly at: Pause; readonly run: () => Promise<void> } | undefined;
  /** Which machine uploaded a file, and as what. */
  readonly makers = new Map<string, { readonly machine: Machine; readonly tag: string }>();
  readonly texts = new Map<string, string>();
  /** What must not have happened. Nobody can catch it away. */
  readonly troubles: string[] = [];

  constructor(place?: string) {
    const folder = temporaryFolder(place);
    this.machines = ["a", "b"].map((name) => new Machine(this, join(folder, name)));
  }

  clear(habits: Habits): void {
    this.now = Date.UTC(2026, 2, 28);
    this.shaky = createShakyProvider(() => this.now);
    this.habits = habits;
    this.interruption = undefined;
    this.makers.clear();
    this.texts.clear();
    this.troubles.length = 0;
    for (const machine of this.machines) machine.clear();
  }

  machine(place: number): Machine {
    const machine = this.machines[place];
    if (!machine) throw new Error("there is no such machine");
    return machine;
  }

  async reached(at: Pause): Promise<void> {
    const { interruption } = this;
    if (interruption?.at !== at) return;
    this.interruption = undefined;
    await interruption.run();
  }
}

export class Machine {
  readonly #world: World;
  readonly #database: Database;
  readonly registry: Registry;
  readonly files = new Map<string, string>();
  /** The first request of each upload. */
  readonly #sent = new Map<string, { readonly at: number; readonly bytes: number }>();
  #lastId = 0;

  constructor(world: World, folder: string) {
    this.#world = world;
    this.#database = openDatabase(folder);
    this.registry = registryOn(this.#database);
  }

  clear(): void {
    this.#database.write(() => {
      for (const table of ["provider_files", "contents"])
        this.#database.prepareForAll(`delete from ${table}`).run();
    });
    this.files.clear();
    this.#sent.clear();
  }

  views(): readonly FileView[] {
    return [...this.files].map(([name, text]) => viewOf(name, text));
  }

  /** What core is given. */
  parts(): UploadParts {
    const world = this.#world;
    return {
      registry: this.registry,
      provider: this.#provider(),
      now: () => world.now,
      wait: async (milliseconds) => {
        world.now += milliseconds;
        await world.reached("wait");
      },
      random: () => 0.5,
      budget: { take: () => true },
      newId: () => {
        const number = ++this.#lastId * 2 + world.machines.indexOf(this);
        return `${number.toString(16).padStart(6, "0")}-${number}`;
      },
      confirm: async () => true,
      contents: contentsOf(this.files),
      copies: only<UploadParts["copies"]>({ useCopies: async () => undefined }),
    };
  }

  #provider(): ProviderWith<"files"> {
    const world = this.#world;
    const { provider, held } = world.shaky;
    const { files } = provider;
    return {
      ...provider,
      files: {
        ...files,
        upload: async (request, signal) => {
          this.#checkCaps(request);
          await world.reached("upload");
          const before = held.length;
          try {
            return await files.upload(
              { ...request, name: request.name + world.habits.ending },
              signal,
            );
          } finally {
            for (const { id } of held.slice(before)) {
              const { contentId, operationId = "" } = request;
              world.makers.set(id, { machine: this, tag: tagOf({ contentId, id: operationId }) });
              world.texts.set(id, Buffer.from(request.bytes).toString());
            }
          }
        },
        list: async (signal) => {
          const listed = (await files.list(signal)).map((file) => this.#told(file));
          await world.reached("list");
          return listed;
        },
        delete: (id, signal) => {
          this.#checkDeletion(id);
          return files.delete(id, signal);
        },
      },
    };
  }

  #told(file: RemoteFile): RemoteFile {
    const text = this.#world.texts.get(file.id) ?? "";
    const { contentId, bytes } = contentOf(text);
    return { ...file, bytes, ...(this.#world.habits.tellsHash && { contentId }) };
  }

  #check(holds: boolean, trouble: string): void {
    if (!holds) this.#world.troubles.push(trouble);
  }

  #checkDeletion(id: string): void {
    const { shaky, makers } = this.#world;
    const file = shaky.held.find((each) => each.id === id);
    if (!file) return;
    const rows = uploadMethods.uploads(this.#database, {});
    // What its name says of its maker may be wrong, so its maker is asked.
    const maker = makers.get(id);
    const tag = maker?.tag ?? /stc-[0-9a-f]{12}-[0-9a-f]{6}/u.exec(file.name)?.[0];
    this.#check(
      rows.some((row) => tagOf(row) === tag),
      `${file.name} of ${maker ? "another machine" : "another tool"} was deleted`,
    );
    const isRelied = rows.some((row) => row.state === "ready" && row.providerFileId === id);
    this.#check(!isRelied, `${file.name} was deleted although a row says that it is there`);
  }

  #checkCaps({ operationId = "", bytes }: UploadRequest): void {
    const { now } = this.#world;
    if (!this.#sent.has(operationId)) this.#sent.set(operationId, { at: now, bytes: bytes.length });
    const since = (age: number) => [...this.#sent.values()].filter(({ at }) => now - at < age);
    this.#check(since(minute).length <= caps.filesPerMinute, "too many files in a minute");
    this.#check(since(day).length <= caps.filesPerDay, "too many files in a day");
    const sum = since(day).reduce((total, sent) => total + sent.bytes, 0);
    this.#check(sum <= caps.bytesPerDay, "too many bytes in a day");
  }
}

function tagOf({ contentId, id }: { readonly contentId: string; readonly id: string }): string {
  return `stc-${contentId.slice(0, 12)}-${id.slice(0, 6)}`;
}

function viewOf(name: string, text: string): FileView {
  const content = contentOf(text);
  const file: SessionFile = {
    id: name,
    sessionId: "s",
    uri: `file:///work/${encodeURIComponent(name)}`,
    position: 0,
    contentId: content.contentId,
    pinned: false,
    disk: "fresh",
    context: "out",
    role: "file",
    evicted: false,
  };
  return { file, content, providerFiles: [] };
}

function contentsOf(files: ReadonlyMap<string, string>): UploadParts["contents"] {
  const textAt = (uri: string): string =>
    files.get(decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1))) ?? "";
  return only<UploadParts["contents"]>({
    take: async (uri) => ({
      content: contentOf(textAt(uri)),
      holdsPrivateKey: false,
      ignoredByGit: false,
    }),
    read: async ({ uri }) => new TextEncoder().encode(textAt(uri)),
    kept: async (ids) => ids,
  });
}

function registryOn(database: Database): Registry {
  const methods = Object.entries({ ...uploadMethods, saveContents, content: knownContent });
  const answers = methods.map(([name, method]) => [
    name,
    async (...args: unknown[]) => (method as (...all: unknown[]) => unknown)(database, ...args),
  ]);
  return only<Registry>({ ...Object.fromEntries(answers), changeFiles: async () => undefined });
}

/** A port of which only these methods are used. */
function only<Port>(methods: Partial<Port>): Port {
  return methods as Port;
}
