import * as fc from "fast-check";
import type { Content } from "../../../src/core/files/content.ts";
import type { Digest } from "../../../src/core/files/digest.ts";
import type { ProviderFile } from "../../../src/core/files/provider-file.ts";
import type { Finding, Phase, SavedFile } from "../../../src/core/session/phase.ts";
import type { SessionFile } from "../../../src/core/session/session.ts";
import type { SessionSnapshot } from "../../../src/core/session/snapshot.ts";

/** A snapshot, and all strings in it that nobody else may learn. */
export interface SecretSnapshot {
  readonly snapshot: SessionSnapshot;
  readonly secrets: readonly string[];
}

const sessionId = "0d6d5a2e-session";
const fence = "fence5c11de91";
const workspace = "file:///home/ada.private/projects/quarter";
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const words = fc.string({ unit: "grapheme", maxLength: 20 });
const name = fc.oneof(
  fc.constantFrom("sales.csv", "a b#c?.txt", "%41.txt", "it's (1)!*.md", "a\\b.txt", "c:x.txt"),
  fc.constantFrom("README", ".env", "🎒.tar.gz", "..\\..\\x", "con.txt", "~", "a+b&c=d;,@$.txt"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);
const part = name.filter(
  (text) => !/[/\0]/u.test(text) && text !== "." && text !== ".." && text.isWellFormed(),
);

const uri = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `${workspace}/${encode(parts)}`),
  part.map((last) => `file:///srv/hidden-share/${encode([last])}`),
  part.map((last) => `file:///home/ada.private/projects/other/${encode([last])}`),
);

function encode(parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join("/");
}

const content: fc.Arbitrary<Content> = fc.record(
  {
    contentId: fc.stringMatching(/^[0-9a-f]{64}$/u),
    bytes: fc.nat(),
    mediaType: fc.constantFrom("text/csv", "image/png", "application/json"),
    lines: fc.nat(),
    tokens: fc.nat(),
  },
  { requiredKeys: ["contentId", "bytes", "mediaType"] },
);

const previewItem = fc.oneof(
  words,
  fc.integer(),
  fc.constant(null),
  fc.dictionary(words, fc.boolean(), { noNullPrototype: true }),
);

const someContents = fc.uniqueArray(content, {
  minLength: 1,
  maxLength: 6,
  selector: (known) => known.contentId,
});

/** Snapshots with uploads, allowed secrets, and files in and outside of their workspace. */
export const secretSnapshot: fc.Arbitrary<SecretSnapshot> = someContents.chain((contents) => {
  const contentId = fc.constantFrom(...contents.map((known) => known.contentId));
  return fc
    .record({
      session: fc.record({
        id: fc.constant(sessionId),
        name: words,
        workspace: fc.constant(workspace),
        fence: fc.constant(fence),
        createdAt: time,
      }),
      files: fc.uniqueArray(fileOf(contentId), { maxLength: 8, selector: (file) => file.uri }),
      contents: fc.constant(contents),
      providerFiles: fc.array(uploadOf(contentId), { maxLength: 3 }),
      digests: fc.uniqueArray(digestOf(contentId), {
        maxLength: 3,
        selector: (it) => it.contentId,
      }),
      phases: fc.uniqueArray(phase, { maxLength: 3, selector: (it) => it.number }),
      findings: fc.array(findingOf(contentId), { maxLength: 3 }),
      savedFiles: fc.uniqueArray(savedOf(contentId), { maxLength: 3, selector: (it) => it.uri }),
    })
    .map((snapshot) => ({ snapshot: { ...snapshot, files: inOrder(snapshot.files) }, secrets }));
});

const upload = {
  id: "9c1f00d5-upload",
  provider: "secret-provider",
  baseUrl: "https://models.hidden.example/v1",
  account: "account-8bb1",
  purpose: "secret-purpose",
  remoteName: "sales.stc-remote.csv",
  providerFileId: "file-Xy17provider",
};

const secrets: readonly string[] = [
  ...Object.values(upload),
  sessionId,
  fence,
  "file:",
  "ada.private",
  "projects",
  "hidden-share",
  "row-of-",
  "models.hidden",
  "told-apart",
];

function fileOf(contentId: fc.Arbitrary<string>): fc.Arbitrary<SessionFile> {
  return fc.record(
    {
      id: fc.nat().map((number) => `row-of-${number}`),
      sessionId: fc.constant(sessionId),
      uri,
      role: fc.constantFrom("base", "file"),
      pinned: fc.boolean(),
      evicted: fc.boolean(),
      contentId,
      disk: fc.constantFrom("fresh", "changed", "missing"),
      context: fc.constantFrom("full", "stub", "out"),
      outReason: fc.constant("told-apart"),
      position: fc.nat(),
      sendAllowed: contentId,
      uploadAllowed: contentId,
    },
    { noNullPrototype: true },
  );
}

function uploadOf(contentId: fc.Arbitrary<string>): fc.Arbitrary<ProviderFile> {
  return contentId.map((id) => ({
    ...upload,
    contentId: id,
    mediaType: "text/csv",
    state: "ready",
    startedAt: 1,
  }));
}

function digestOf(contentId: fc.Arbitrary<string>): fc.Arbitrary<Digest> {
  return fc.record(
    {
      contentId,
      extractor: fc.constant("table"),
      version: fc.nat(),
      type: fc.constant("csv"),
      columns: fc.array(words),
      rows: fc.nat(),
      preview: fc.array(previewItem, { maxLength: 3 }),
      text: words,
    },
    { requiredKeys: ["contentId", "extractor", "version", "type", "preview", "text"] },
  );
}

const phase: fc.Arbitrary<Phase> = fc.record({
  sessionId: fc.constant(sessionId),
  number: fc.integer({ min: 1, max: 9 }),
  name: words,
  startedAt: time,
});

function findingOf(contentId: fc.Arbitrary<string>): fc.Arbitrary<Finding> {
  return fc.record({
    id: fc.nat().map((number) => `row-of-${number}`),
    sessionId: fc.constant(sessionId),
    phase: fc.nat(9),
    title: words,
    text: words,
    contentIds: fc.array(contentId),
    createdAt: time,
  });
}

function savedOf(contentId: fc.Arbitrary<string>): fc.Arbitrary<SavedFile> {
  return fc.record({
    sessionId: fc.constant(sessionId),
    uri,
    contentId,
    phase: fc.nat(9),
    savedAt: time,
  });
}

function inOrder(files: readonly SessionFile[]): readonly SessionFile[] {
  return files.map((file, position) => ({ ...file, position }));
}
