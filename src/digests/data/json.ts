import type { Extraction, FileBytes } from "../extraction.ts";
import { closeBracket, JsonCursor, openBracket } from "./json-cursor.ts";
import { readJson, type ShownJson } from "./json-reader.ts";
import type { Pause } from "../pause.ts";
import { counted, inLines, listed } from "../words.ts";

const previewRecords = 3;
/** Records whose keys are the columns. */
const keyRecords = 100;
/** Columns that are named; there may be more. */
const namedColumns = 1000;
const byteOrderMark = Buffer.from("\uFEFF");

/** Keys, number of records and the first of them; undefined if the bytes are not one value of JSON. */
export function extractJson(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  return extractWith(readValue, file, pause);
}

/** The same of JSON lines, each a record; undefined if a record is not JSON, if one follows on the same line, or if there are none. */
export function extractJsonLines(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  return extractWith(readLines, file, pause);
}

/** What is kept of JSON. */
interface Kept {
  readonly columns: ReadonlySet<string>;
  /** Undefined if the whole is not a list. */
  readonly rows?: number;
  readonly preview: readonly ShownJson[];
}

/** Steps over all bytes. Undefined if they are of another kind. */
type Steps = Generator<void, Kept | undefined>;

async function extractWith(
  read: (cursor: JsonCursor) => Steps,
  { bytes, extension = "json" }: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const isMarked = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  const steps = read(new JsonCursor(isMarked ? bytes.subarray(byteOrderMark.length) : bytes));
  for (;;) {
    await pause();
    const step = nextOf(steps);
    if (step.done) return step.value && extractionOf(extension, step.value);
  }
}

/** The next step: the last one if the bytes are no JSON there. */
function nextOf(steps: Steps): IteratorResult<void, Kept | undefined> {
  try {
    return steps.next();
  } catch (error) {
    if (error instanceof SyntaxError) return { done: true, value: undefined };
    throw error;
  }
}

function* readValue(cursor: JsonCursor): Steps {
  const kept = cursor.peek() === openBracket ? yield* readItems(cursor) : yield* readOne(cursor);
  return cursor.peek() === undefined ? kept : undefined;
}

function* readOne(cursor: JsonCursor): Steps {
  const columns = new Set<string>();
  const value = yield* readJson(cursor, (key) => addColumn(columns, key));
  return { columns, preview: [value] };
}

function* readItems(cursor: JsonCursor): Steps {
  const records = new Records();
  cursor.enter();
  while (cursor.toMember(records.rows, closeBracket)) yield* records.take(cursor);
  return records;
}

function* readLines(cursor: JsonCursor): Steps {
  const records = new Records();
  while (cursor.peek() !== undefined) {
    yield* records.take(cursor);
    if (!cursor.endLine()) return undefined;
  }
  return records.rows > 0 ? records : undefined;
}

/** What is kept of the records that were taken. */
class Records implements Kept {
  readonly columns: Set<string> = new Set();
  readonly preview: ShownJson[] = [];
  rows = 0;

  /** Takes the value at the cursor. */
  *take(cursor: JsonCursor): Generator<void, void> {
    if (this.rows++ >= keyRecords) return yield* cursor.skip();
    const record = yield* readJson(cursor, (key) => addColumn(this.columns, key));
    if (this.preview.length < previewRecords) this.preview.push(record);
  }
}

function addColumn(columns: Set<string>, key: string): void {
  if (columns.size < namedColumns) columns.add(key);
}

function extractionOf(type: string, { columns, rows, preview }: Kept): Extraction {
  const names = [...columns];
  return {
    extractor: "json",
    type,
    ...(names.length > 0 && { columns: names }),
    ...(rows !== undefined && { rows }),
    preview,
    text: inLines(
      headOf(type, names, rows),
      preview.map((value) => JSON.stringify(value)),
    ),
  };
}

function headOf(type: string, names: readonly string[], rows: number | undefined): string {
  const isTable = names.length > 0;
  const parts = [type];
  if (rows !== undefined) parts.push(counted(rows, isTable ? "row" : "item"));
  else if (!isTable) parts.push("one value");
  if (isTable) {
    const list = listed(names.length, rows === undefined ? "key" : "column", names);
    parts.push(names.length === namedColumns ? `at least ${list}` : list);
  }
  return parts.join(", ");
}
