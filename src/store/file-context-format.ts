import { readFileSync } from "node:fs";
import * as v from "valibot";
import { ContextError } from "../core/errors.ts";
import type { ForeignFile, ForeignFileContext } from "../core/session/foreign-context.ts";
import { firstIssue } from "./archive-issue.ts";
import { withFile, type LocalFile } from "./local-file.ts";

const longestBytes = 64 * 1024 * 1024;

// `null` is what many tools write for what they do not know.
const metadataSchema = v.object({
  type: v.nullish(v.string()),
  size_mb: v.nullish(v.pipe(v.number(), v.finite("a finite number"), v.minValue(0))),
  columns: v.nullish(v.array(v.string())),
  rows: v.nullish(v.pipe(v.number(), v.safeInteger("a whole number"), v.minValue(0))),
  preview: v.nullish(v.array(v.unknown())),
});

// By itself, `record` takes a list for a record, too.
const record = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(
    v.unknown(),
    v.check((given) => !Array.isArray(given), "Object"),
    v.record(v.string(), value),
  );

const schema = v.object({
  timestamp: v.nullish(v.string(), ""),
  session_id: v.nullish(v.string(), ""),
  validated_files: record(v.string()),
  file_metadata: v.nullish(record(metadataSchema), {}),
  file_context_text: v.nullish(v.string(), ""),
  file_count: v.nullish(v.number()),
  file_list: v.nullish(v.array(v.string())),
});

/**
 * Reads the text of a `file_context.json` that another tool wrote. Unknown keys are passed over; everything but `validated_files` may
 * be missing. Throws `file-context-invalid` with the name of the file and the first thing that is wrong.
 */
export function parseFileContext(text: string, fileName: string): ForeignFileContext {
  const result = v.safeParse(schema, parseJson(text, fileName));
  if (!result.success) throw invalid(fileName, firstIssue(result.issues));
  const { timestamp, session_id, validated_files, file_metadata, file_context_text } =
    result.output;
  const metadata = new Map(Object.entries(file_metadata));
  const files = Object.entries(validated_files).map(([path, name]) =>
    fileOf(path, name, metadata.get(path)),
  );
  return { timestamp, sessionId: session_id, files, text: file_context_text };
}

/** Reads the `file_context.json` at a place that the user chose. */
export async function readFileContext(file: LocalFile): Promise<ForeignFileContext> {
  const text = await withFile(file, ({ descriptor, stats }) => {
    if (stats.size > longestBytes) throw invalid(file.name, "it is larger than 64 MB");
    return readFileSync(descriptor, "utf8");
  });
  return parseFileContext(text, file.name);
}

function fileOf(
  path: string,
  name: string,
  metadata: v.InferOutput<typeof metadataSchema> = {},
): ForeignFile {
  const { type, size_mb: sizeMb, columns, rows, preview } = metadata;
  return {
    path,
    name,
    type: type ?? endingOf(name),
    // `null` counts as not told.
    ...(typeof sizeMb === "number" && { sizeMb }),
    ...(columns && { columns }),
    ...(typeof rows === "number" && { rows }),
    ...(preview && { preview }),
  };
}

function endingOf(name: string): string {
  return /[^.]\.([a-z0-9]+)$/iu.exec(name)?.[1]?.toLowerCase() ?? "file";
}

function parseJson(text: string, fileName: string): unknown {
  try {
    // Some programs begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/u, ""));
  } catch (error) {
    throw invalid(fileName, "it is not JSON", error);
  }
}

function invalid(fileName: string, reason: string, cause?: unknown): ContextError {
  return new ContextError(
    "file-context-invalid",
    `${fileName} is not a file context that Satchel can read: ${reason}; have the program that wrote it write it again`,
    { file: fileName, ...(cause !== undefined && { cause }) },
  );
}
