import { shortId } from "../../core/files/content.ts";
import { isUncounted } from "../../core/files/count-tokens.ts";
import { providerState, type ProviderFile } from "../../core/files/provider-file.ts";
import type { FileView } from "../../core/session/session.ts";
import { counted, formatBytes, formatCount, formatDuration } from "../../core/session/format.ts";

/** What one row of the tree says, as plain text. */
export interface Row {
  /** After the name: `12.4k tok · openai 46 h · full`. */
  readonly description: string;
  /** For screen readers: the whole row as a sentence. */
  readonly spoken: string;
  /** Lines of the tooltip, label and value. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** For `when` clauses, for example `file.pinned.uploaded`. */
  readonly contextValue: string;
}

/** The row of a session file at the time `now` (milliseconds since 1970). `path` is its path inside the workspace. */
export function rowOf(view: FileView, path: string, now: number): Row {
  const held = view.providerFiles.filter((upload) => isHeld(upload, now));
  const words = [
    ...diskWord(view),
    size(view),
    ...held.map((upload) => providerWord(upload, now)),
    contextWord(view),
    ...(view.file.pinned ? ["pinned"] : []),
  ];
  const description = words.join(" · ");
  return {
    description,
    spoken: `${path}, ${words.join(", ")}`,
    facts: facts(view, path, now),
    contextValue: ["file", ...traits(view, held)].join("."),
  };
}

/** The content in one line: `text/csv · 213 lines · 4.1 kB`. */
export function digestLine({ content }: FileView): string {
  const lines = content.lines === undefined ? "binary" : counted(content.lines, "line");
  return `${content.mediaType} · ${lines} · ${formatBytes(content.bytes)}`;
}

function size(view: FileView): string {
  const { bytes, tokens } = view.content;
  if (tokens !== undefined) return `${formatCount(tokens)} tok`;
  return isUncounted(view) ? "counting …" : formatBytes(bytes);
}

function contextWord({ file }: FileView): string {
  if (file.evicted) return "evicted";
  if (file.context !== "out") return file.context;
  return file.outReason === undefined ? "not sent" : "out";
}

/** First in the row, because a narrow sidebar cuts its end. */
function diskWord({ file }: FileView): string[] {
  return { fresh: [], changed: ["changed on disk"], missing: ["missing on disk"] }[file.disk];
}

function traits({ file }: FileView, held: readonly ProviderFile[]): string[] {
  return [
    ...(file.pinned ? ["pinned"] : []),
    ...(file.evicted ? ["evicted"] : []),
    ...(held.length > 0 ? ["uploaded"] : []),
  ];
}

function isHeld(upload: ProviderFile, now: number): boolean {
  const state = providerState(upload, now);
  return state !== "gone" && state !== "failed";
}

function providerWord(upload: ProviderFile, now: number): string {
  const state = providerState(upload, now);
  if (state === "uploading" || state === "expired") return `${upload.provider} ${state}`;
  if (upload.expiresAt === undefined) return upload.provider;
  return `${upload.provider} ${formatDuration(upload.expiresAt - now)}`;
}

function facts(view: FileView, path: string, now: number): readonly (readonly [string, string])[] {
  const { file, content, providerFiles } = view;
  return [
    ["File", path],
    ["Digest", digestLine(view)],
    ["Content id", shortId(content.contentId)],
    [
      "Tokens",
      content.tokens === undefined ? "—" : `${content.tokens.toLocaleString("en")} (o200k_base)`,
    ],
    ["Disk", file.disk],
    [
      "Context",
      file.outReason === undefined ? contextWord(view) : `${contextWord(view)}: ${file.outReason}`,
    ],
    ...providerFiles
      .filter((upload) => providerState(upload, now) !== "gone")
      .map((upload) => [providerWord(upload, now), providerFact(upload, now)] as const),
  ];
}

function providerFact(upload: ProviderFile, now: number): string {
  const expiry =
    upload.expiresAt === undefined
      ? "kept until removed"
      : `until ${new Date(upload.expiresAt).toLocaleString()}`;
  return `${upload.providerFileId ?? "no id yet"} · ${providerState(upload, now)} · ${expiry}`;
}
