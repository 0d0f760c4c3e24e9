import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FSWatcher } from "chokidar";
import type { Watcher } from "../core/ports/watcher.ts";

/** A file is reported when it was quiet for this long, in milliseconds. */
const quietMs = 80;

/** A file that is never quiet is reported this often, in milliseconds. */
const longestMs = 400;

/**
 * A watcher of single files, wherever they lie. Nothing is asked of the system before the first `watch`. `onError` is told when the
 * system cannot watch a folder, for example because its limit of watches is reached: changes may be missed then.
 */
export function createWatcher(onError: (error: unknown) => void = () => {}): Watcher {
  const listeners = new Set<(uri: string) => void>();
  let watched: ReadonlyMap<string, string> = new Map();
  const settle = createSettle((path) => {
    const uri = watched.get(path);
    if (uri === undefined) return;
    for (const listener of listeners) listener(uri);
  });
  const note = (path: string): void => {
    if (watched.has(path)) settle.note(path);
  };
  const folders = createFolderWatches((folder) => createFolderWatch(folder, note, onError));
  return {
    watch(uris) {
      watched = new Map(uris.flatMap(pathAndUri));
      folders.watch([...watched.keys()]);
    },
    onDidChange(listener) {
      const own = (uri: string): void => listener(uri);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    async close() {
      settle.stop();
      listeners.clear();
      await folders.close();
    },
  };
}

function createFolderWatches(create: (folder: string) => FolderWatch): {
  watch(paths: readonly string[]): void;
  close(): Promise<void>;
} {
  const watches = new Map<string, FolderWatch>();
  return {
    watch(paths) {
      const wanted = Map.groupBy(paths, (path) => dirname(path));
      for (const [folder, watch] of watches) {
        if (wanted.has(folder)) continue;
        watches.delete(folder);
        void watch.close();
      }
      for (const [folder, files] of wanted) {
        const watch = watches.get(folder) ?? create(folder);
        watches.set(folder, watch);
        watch.include(files);
      }
    },
    async close() {
      const closing = [...watches.values()].map((watch) => watch.close());
      watches.clear();
      await Promise.all(closing);
    },
  };
}

/** Watches files of one folder. */
interface FolderWatch {
  /** Adds to the files that are watched. */
  include(files: readonly string[]): void;
  close(): Promise<void>;
}

/**
 * One watch of the system for all files of a folder, which also sees them replaced, removed and created. With a watch for each of 10,000
 * files, `watch` took fifteen times as long.
 */
function createFolderWatch(
  folder: string,
  note: (path: string) => void,
  onError: (error: unknown) => void,
): FolderWatch {
  let known: ReadonlySet<string> = new Set();
  let open: FSWatcher[] = [];
  return {
    include(files) {
      if (files.every((file) => known.has(file))) return;
      const included = new Set([...known, ...files]);
      known = included;
      const older = open;
      // chokidar reports the removal only of files that it saw when it began: begin anew, and let the older go only then.
      const system = startSystem(folder, (path) => path === folder || included.has(path));
      open = [...older, system];
      system.on("all", (_event, path) => note(resolve(path)));
      system.on("error", onError);
      system.once("ready", () => {
        open = open.filter((other) => !older.includes(other));
        for (const other of older) void other.close();
      });
    },
    async close() {
      await Promise.all(open.map((system) => system.close()));
    },
  };
}

function startSystem(folder: string, isWanted: (path: string) => boolean): FSWatcher {
  const system = new FSWatcher({
    // Not the recursive backend of macOS and Windows: a file in the home folder would bring all of it in.
    backend: "native",
    // Folders within are not wanted, so nothing below them is looked at.
    ignored: (path) => !isWanted(resolve(path)),
    ignoreInitial: true,
    persistent: false,
    // It passes over files that look like an editor's own, and here a file that goes and comes is reported once anyway.
    atomic: false,
  });
  return system.add(folder);
}

/** Calls `tell` once for all notes of a path that follow each other closely. */
function createSettle(tell: (path: string) => void): { note(path: string): void; stop(): void } {
  const waiting = new Map<string, { readonly since: number; readonly timer: NodeJS.Timeout }>();
  return {
    note(path) {
      const now = performance.now();
      const since = waiting.get(path)?.since ?? now;
      clearTimeout(waiting.get(path)?.timer);
      const settled = (): void => {
        waiting.delete(path);
        tell(path);
      };
      const delay = Math.max(0, Math.min(quietMs, since + longestMs - now));
      waiting.set(path, { since, timer: setTimeout(settled, delay).unref() });
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

function pathAndUri(uri: string): readonly (readonly [string, string])[] {
  try {
    return [[fileURLToPath(uri), uri]];
  } catch {
    return [];
  }
}
