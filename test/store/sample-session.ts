import type { Content } from "../../src/core/files/content.ts";
import { toPortable, type PortableSession } from "../../src/core/session/portable.ts";
import type { SessionFile } from "../../src/core/session/session.ts";
import type { SessionSnapshot } from "../../src/core/session/snapshot.ts";
import type { ContentSource } from "../../src/core/ports/contents.ts";
import type { Place } from "./place.ts";
import { idOf, uploadOf } from "./samples.ts";

/** A picture that would shrink if it were deflated, to tell whether it was. */
const picture: Uint8Array = new Uint8Array(30_000);

/** The bytes of the sample's files, by name. */
export const sampleFiles: Readonly<Record<string, string | Uint8Array>> = {
  "notes.md": "# Notes\n".repeat(5_000),
  "sales.csv": "region,amount\nnorth,3\n",
  "chart.png": picture,
};

/** A session of three files on disk, with all that a session can have. */
export function sampleSnapshot(workspace: string): SessionSnapshot {
  const contents = Object.entries(sampleFiles).map(([name, bytes]) => contentOf(name, bytes));
  const files = Object.entries(sampleFiles).map(([name, bytes], position) =>
    rowOf({ uri: `${workspace}/${name}`, contentId: idOf(bytes), position, ...state[name] }),
  );
  const [notes, sales] = contents.map(({ contentId }) => contentId);
  const contentIds = [notes ?? "", sales ?? ""];
  const old = contentOf("old.csv", "old\n");
  return {
    session: { id: "s", name: "Quarter 4", workspace, fence: "fence", createdAt: 1 },
    files,
    contents: [...contents, old],
    providerFiles: [uploadOf("upload")],
    digests: [
      {
        contentId: contentIds[1] ?? "",
        extractor: "table",
        version: 2,
        type: "csv",
        columns: ["region", "amount"],
        rows: 1,
        preview: [{ region: "north", amount: 3, note: null }],
        facts: [{ name: "delimiter", value: "comma" }],
        profile: [
          { name: "region", type: "text", nulls: 0, min: "north", max: "north", distinct: 1 },
          { name: "amount", type: "integer", nulls: 0, min: "3", max: "3", ofRows: 1 },
        ],
        text: "A table of one row",
      },
    ],
    phases: [{ sessionId: "s", number: 1, name: "Look", startedAt: 5 }],
    findings: [
      {
        id: "finding",
        sessionId: "s",
        phase: 1,
        title: "North leads",
        text: "With 3 — “all” of it 🎒",
        contentIds,
        createdAt: 6,
      },
    ],
    savedFiles: [
      {
        sessionId: "s",
        uri: `${workspace}/old.csv`,
        contentId: old.contentId,
        phase: 1,
        savedAt: 7,
      },
    ],
  };
}

/** The sample with its files on disk at `place`, ready to be written. */
export function sample(place: Place): {
  readonly snapshot: SessionSnapshot;
  readonly session: PortableSession;
  /** Where the contents of the session's files are; that of the saved file is nowhere. */
  readonly sources: readonly ContentSource[];
} {
  const uris = Object.entries(sampleFiles).map(([name, bytes]) => place.file(name, bytes));
  const workspace = (uris[0] ?? "").replace(/\/[^/]*$/u, "");
  const snapshot = sampleSnapshot(workspace);
  const sources = snapshot.files.map(({ contentId, uri }) => ({ contentId, uri }));
  return { snapshot, session: toPortable(snapshot, 1_750_000_000_000), sources };
}

function rowOf(
  change: Pick<SessionFile, "uri" | "contentId" | "position"> & Partial<SessionFile>,
): SessionFile {
  return {
    id: `row-${change.position}`,
    sessionId: "s",
    role: "file",
    pinned: false,
    evicted: false,
    disk: "fresh",
    context: "full",
    ...change,
  };
}

const state: Readonly<Record<string, Partial<SessionFile>>> = {
  "notes.md": { role: "base" },
  "sales.csv": { pinned: true },
  "chart.png": { evicted: true },
};

function contentOf(name: string, bytes: string | Uint8Array): Content {
  const isText = typeof bytes === "string";
  return {
    contentId: idOf(bytes),
    bytes: bytes.length,
    mediaType: isText ? "text/plain" : `image/${name.slice(-3)}`,
    ...(isText && { lines: bytes.split("\n").length - 1, tokens: 9 }),
  };
}
