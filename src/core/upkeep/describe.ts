import type {
  MendReport,
  Quarantine,
  RebuildReport,
  RebuiltSession,
  StoreFault,
  StoreFaultKind,
  StoreReport,
} from "../ports/upkeep.ts";
import { counted, formatBytes } from "../session/format.ts";
import { nameOf } from "../session/session.ts";
import { inCode, listed, table } from "../session/markdown.ts";

/** True if nothing is wrong, and everything could be looked at. */
export function isSound({ faults, unavailable }: StoreReport): boolean {
  return faults.length === 0 && unavailable === undefined;
}

interface FaultWords {
  readonly what: string;
  readonly help: string;
}

/** How people are told of faults, and what they can do. */
const words: Record<StoreFaultKind, FaultWords> = {
  "database-damaged": {
    what: "The database is damaged",
    help: "**Rebuild Store** makes it anew from what can be read of it and from the saved file contexts.",
  },
  "database-missing": {
    what: "The database is gone",
    help: "**Rebuild Store** makes it anew from the saved file contexts.",
  },
  "reference-missing": {
    what: "Rows refer to rows that are not there",
    help: "**Rebuild Store** leaves them out.",
  },
  "copy-damaged": {
    what: "Stored copies are damaged",
    help: "Mending moves them to the quarantine. Add the files again to store new copies.",
  },
  "copy-missing": {
    what: "Stored copies are gone",
    help: "Mending lets their files stand without them. Add the files again to store new copies.",
  },
  "copy-unknown": {
    what: "Copies belong to nothing",
    help: "Mending deletes them, unless the quarantine holds a database that may know them.",
  },
  "copy-uncounted": {
    what: "Copies would never expire",
    help: "Mending lets them expire like the others.",
  },
  "file-strange": {
    what: "There are files that Satchel did not put there",
    help: "Look at them and move them to another folder.",
  },
  "file-leftover": {
    what: "Files were left half written",
    help: "Mending deletes them.",
  },
  "upload-stuck": {
    what: "Uploads have no known end",
    help: "Upload the files again: Satchel looks for them at the provider first.",
  },
  "context-damaged": {
    what: "Saved file contexts cannot be read",
    help: "Mending moves them to the quarantine and writes new ones.",
  },
  "context-behind": {
    what: "Saved file contexts are out of date",
    help: "Mending writes them anew.",
  },
  "context-unknown": {
    what: "Saved file contexts belong to no session",
    help: "**Rebuild Store** brings the sessions back. If you deleted them, delete these folders, too.",
  },
  "permissions-wide": {
    what: "Other users may look into the store",
    help: "Mending narrows the permissions.",
  },
};

const kinds = Object.keys(words) as StoreFaultKind[];

/** What was found in a store, as Markdown for people. */
export function describeStore(report: StoreReport): string {
  const { folder, faults, unavailable, sessions, copies, quarantine } = report;
  const checked = [
    ...(unavailable === undefined ? [counted(sessions, "session")] : []),
    `${countedCopies(copies.stored)}, ${copies.read} of them read from end to end (${formatBytes(copies.bytesRead)})`,
  ];
  return sections([
    "# The store",
    inCode(folder),
    `Checked: ${checked.join("; ")}. Nothing was changed.`,
    isSound(report) ? "**Nothing is wrong.**" : undefined,
    unavailable &&
      `**The database could not be asked**, so nothing was compared with it: ${inCode(unavailable)}`,
    faultTable(faults),
    ...faultLists(faults),
    inQuarantine(quarantine),
  ]);
}

/** What was done about the faults of a store, as Markdown for people. */
export function describeMend({ mended, left }: MendReport): string {
  return sections([
    "# What was mended",
    mended.length === 0 ? "There was nothing that could be mended safely." : undefined,
    listed(mended.map(({ fault, done }) => `${subjectOf(fault)}: ${done}`)),
    left.length > 0 ? "## What is left" : undefined,
    faultTable(left),
    ...faultLists(left),
  ]);
}

/** What became of a rebuild, as Markdown for people. */
export function describeRebuild(report: RebuildReport): string {
  const { folder, isReplaced, oldDatabase, sessions, copies } = report;
  return sections([
    isReplaced ? "# The store was rebuilt" : "# The store was left as it is",
    inCode(folder),
    isReplaced
      ? `It holds ${counted(sessions.length, "session")} and ${countedCopies(copies.stored)}.`
      : "Its database is sound, and a new one would hold less. This should not happen: please report it.",
    oldDatabase &&
      `The old database lies in ${inCode(oldDatabase)}. Delete it when you miss nothing.`,
    table(
      ["Session", "Files", "Taken from"],
      sessions.map(({ name, files, from }) => [inCode(name), String(files), origins[from]]),
    ),
    ...losses(report),
    copies.unknown > 0
      ? `${copies.unknown} stored copies that no session names stayed where they are.`
      : undefined,
    isReplaced
      ? "Uploads that were not written down any more are found by reconciling."
      : undefined,
  ]);
}

const origins: Record<RebuiltSession["from"], string> = {
  database: "the old database",
  "file-context": "its saved file context",
  both: "the old database and its saved file context",
};

function losses({ lost, unreadable, others }: RebuildReport): readonly (string | undefined)[] {
  const lines = lost.map(({ id, name, files, isWhole }) => {
    const uris = files.map((uri) => inCode(nameOf(uri))).join(", ");
    const whole = isWhole ? "the whole session" : "";
    return `${inCode(name ?? id)}: ${[whole, uris].filter((part) => part !== "").join(", with ")}`;
  });
  return [
    lost.length > 0 ? "## What is lost" : undefined,
    listed(lines),
    unreadable.length > 0 ? "## Saved file contexts that could not be read" : undefined,
    listed(unreadable.map(inCode)),
    others.kept + others.lost > 0
      ? `Sessions of other users: ${others.kept} kept, ${others.lost} lost.`
      : undefined,
  ];
}

function faultTable(faults: readonly StoreFault[]): string | undefined {
  const found = kinds.filter((kind) => faults.some((fault) => fault.kind === kind));
  return table(
    ["What is wrong", "How often", "What can be done"],
    found.map((kind) => {
      const count = faults.filter((fault) => fault.kind === kind).length;
      return [words[kind].what, String(count), words[kind].help];
    }),
  );
}

function faultLists(faults: readonly StoreFault[]): readonly (string | undefined)[] {
  return kinds.flatMap((kind) => {
    const found = faults.filter((fault) => fault.kind === kind);
    return found.length > 0 ? [`## ${words[kind].what}`, listed(found.map(inWords))] : [];
  });
}

function inWords(fault: StoreFault): string {
  const { detail } = fault;
  return detail === undefined ? subjectOf(fault) : `${subjectOf(fault)}: ${inCode(detail)}`;
}

/** `sales.csv` in `blobs/…`: what people know, then where it lies. */
function subjectOf({ names, path }: StoreFault): string {
  const known = names.map(inCode).join(", ");
  if (path === undefined) return known;
  return known === "" ? inCode(path) : `${known} in ${inCode(path)}`;
}

function inQuarantine({ databases, files, bytes }: Quarantine): string | undefined {
  if (databases + files === 0) return undefined;
  return `The folder ${inCode("quarantine")} holds ${counted(databases, "replaced database")} and ${counted(files, "damaged file")}, ${formatBytes(bytes)} together. Satchel never deletes them: delete them when you miss nothing.`;
}

function sections(parts: readonly (string | undefined)[]): string {
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

function countedCopies(count: number): string {
  return count === 1 ? "1 stored copy" : `${count.toLocaleString("en")} stored copies`;
}
