import { setTimeout } from "node:timers/promises";
import type {
  MendReport,
  RebuildReport,
  StoreFault,
  StoreFaultKind,
  StoreReport,
  Upkeep,
  VerifyOptions,
} from "../../core/ports/upkeep.ts";
import type { FileReport } from "./check-files.ts";
import type { FoundFiles, RowReport } from "./check-rows.ts";

/** What the registry's thread does for the care of the store. */
export interface RowUpkeep {
  checkRows(found: FoundFiles): Promise<RowReport>;
  mendRows(faults: readonly StoreFault[], moved: readonly StoreFault[]): Promise<MendReport>;
  rebuild(): Promise<RebuildReport>;
  whyReadOnly(): Promise<string | undefined>;
}

/** What the contents' thread does for the care of the store. */
export interface FileUpkeep {
  checkFiles(copies: VerifyOptions["copies"], signal?: AbortSignal): Promise<FileReport>;
  mendFiles(faults: readonly StoreFault[], signal?: AbortSignal): Promise<MendReport>;
}

export interface UpkeepOptions {
  /** The path of the store's folder. */
  readonly folder: string;
  readonly rows: RowUpkeep;
  readonly files: FileUpkeep;
  /** After so many milliseconds what was only work in progress is done. */
  readonly settleMs?: number;
}

/** Faults that work in progress looks like: one that is gone at a second look was none. */
const passing: ReadonlySet<StoreFaultKind> = new Set([
  "copy-missing",
  "copy-unknown",
  "copy-uncounted",
  "context-behind",
  "context-damaged",
  "context-unknown",
]);

/** The care of the store in `folder`, by the threads of the registry and of the contents. */
export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { folder, rows, files } = options;
  return {
    async verify({ copies }, signal) {
      const found = await files.checkFiles(copies, signal);
      const compared = await comparedTwice(options, found, signal);
      return report(folder, found, compared);
    },
    async mend({ faults }, signal) {
      const byFiles = await files.mendFiles(faults, signal);
      const moved = byFiles.mended.map(({ fault }) => fault).filter(isDamagedBlob);
      const byRows = await rows.mendRows(byFiles.left, moved);
      return { mended: [...byFiles.mended, ...byRows.mended], left: byRows.left };
    },
    rebuild: () => rows.rebuild(),
    whyReadOnly: () => rows.whyReadOnly(),
  };
}

function isDamagedBlob({ kind }: StoreFault): boolean {
  return kind === "copy-damaged";
}

async function comparedTwice(
  { rows, settleMs = 3000 }: UpkeepOptions,
  { settled, damaged }: FileReport,
  signal: AbortSignal | undefined,
): Promise<RowReport> {
  const first = await rows.checkRows({ settled, damaged });
  signal?.throwIfAborted();
  if (!first.faults.some(({ kind }) => passing.has(kind))) return first;
  await setTimeout(settleMs, undefined, { signal });
  const second = await rows.checkRows({ settled, damaged });
  signal?.throwIfAborted();
  const seen = new Set(first.faults.map(keyOf));
  const faults = second.faults.filter(
    (fault) => !passing.has(fault.kind) || seen.has(keyOf(fault)),
  );
  return { ...second, faults };
}

function keyOf({ kind, path }: StoreFault): string {
  return `${kind} ${path ?? ""}`;
}

function report(folder: string, found: FileReport, compared: RowReport): StoreReport {
  const { copies, quarantine } = found;
  const { unavailable, sessions } = compared;
  return {
    folder,
    ...(unavailable !== undefined && { unavailable }),
    faults: [...compared.faults, ...found.faults],
    sessions,
    copies,
    quarantine,
  };
}
