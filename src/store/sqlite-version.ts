/** The journal that keeps committed rows through a crash and a power cut. */
export type Journal = "wal" | "delete";

// The "WAL-reset bug" of https://sqlite.org/wal.html came with 3.7.0 and was fixed in 3.51.3, and on two older branches.
const firstAffected = 3_007_000;
const firstFixed = 3_051_003;
const fixedBranches: readonly { readonly from: number; readonly before: number }[] = [
  { from: 3_044_006, before: 3_045_000 },
  { from: 3_050_007, before: 3_051_000 },
];

/**
 * True if this SQLite can lose committed rows when two windows write and checkpoint a write-ahead log at the same moment.
 * A version that cannot be read counts as affected.
 */
export function hasWalResetBug(version: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/u.exec(version);
  if (!parts) return true;
  const [major = 0, minor = 0, patch = 0] = parts.slice(1).map(Number);
  const number = major * 1_000_000 + minor * 1000 + patch;
  if (number < firstAffected || number >= firstFixed) return false;
  return !fixedBranches.some(({ from, before }) => number >= from && number < before);
}
