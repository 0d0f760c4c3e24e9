import { ArchiveList, toldArchive } from "./archive-list.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { findDirectory, type ZipDirectory, zipEntries } from "./zip-directory.ts";

/** Entries that are looked at; an archive may say it has any number. */
const entryLimit = 200_000;
const methods: Readonly<Record<number, string>> = {
  0: "stored",
  8: "deflate",
  9: "deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "ZSTD",
  95: "XZ",
  99: "AES",
};
/** What a ZIP is used for, by a path in it. */
const uses: readonly (readonly [RegExp, string])[] = [
  [/^META-INF\/MANIFEST\.MF$/u, "Java archive"],
  [/^AndroidManifest\.xml$/u, "Android package"],
  [/^extension\.vsixmanifest$/u, "VS Code extension"],
  [/^[^/]+\.dist-info\/WHEEL$/u, "Python wheel"],
  [/^Payload\/[^/]+\.app\//u, "iOS package"],
  [/^\[Content_Types\]\.xml$/u, "Open Packaging"],
  [/^doc\.kml$/u, "KMZ"],
];

/** The entries of a ZIP from its central directory, without unpacking anything; undefined if it has none. */
export async function extractZip(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const directory = findDirectory(file);
  if (!directory) return undefined;
  const list = new ArchiveList();
  const found = { methods: new Set<string>(), use: "" };
  for (const entry of zipEntries(file, directory)) {
    if (list.entries % 1000 === 0) await pause();
    if (list.entries >= entryLimit) break;
    list.add({ ...entry, isFolder: entry.path.endsWith("/") });
    found.methods.add(methods[entry.method] ?? `method ${entry.method}`);
    found.use ||= list.entries <= 1000 ? useOf(entry.path) : "";
  }
  return toldArchive(file.extension ?? "zip", list, {
    format: formatOf(directory, found.use),
    ...list.facts(directory.said),
    compression: [...found.methods].slice(0, 8).join(", "),
    comment: directory.comment,
    "bytes before it": directory.shift || undefined,
  });
}

function useOf(path: string): string {
  return uses.find(([pattern]) => pattern.test(path))?.[1] ?? "";
}

function formatOf({ isZip64 }: ZipDirectory, use: string): string {
  const name = isZip64 ? "ZIP64" : "ZIP";
  return use === "" ? name : `${name}, ${use}`;
}
