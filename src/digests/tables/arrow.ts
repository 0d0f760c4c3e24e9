import type { ColumnProfile } from "../../core/files/digest.ts";
import { arrowFields, type ArrowField } from "./arrow-schema.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import { FlatTable } from "./flat-table.ts";
import type { Pause } from "../pause.ts";
import { profiledColumns } from "./table-columns.ts";
import { counted, cut, inLines, listed } from "../words.ts";

const mark = "ARROW1";
const namedColumns = 1000;
const batchLimit = 10_000;
const longestMessage = 16 * 1024 * 1024;
const continuation = 0xffffffff;
const schemaMessage = 1;
const batchMessage = 3;

/** Columns, types and number of rows of Arrow as a file (Feather) or as a stream, without its values; undefined if it is neither. */
export async function extractArrow(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const start = file.read(0, 8);
  if (start.toString("latin1", 0, mark.length) === mark) return extractFile(file, pause);
  const isStream = start.length === 8 && start.readUInt32LE(0) === continuation;
  return isStream ? extractStream(file, pause) : undefined;
}

/** What is counted of the batches of rows. */
class Batches {
  readonly fields: readonly ArrowField[];
  count = 0;
  rows = 0;
  compression: string | undefined;
  /** True if there are more batches than were looked at. */
  isCut = false;
  readonly nulls: number[];

  constructor(fields: readonly ArrowField[]) {
    this.fields = fields;
    this.nulls = fields.map(() => 0);
  }

  add(batch: FlatTable): void {
    this.isCut ||= ++this.count === batchLimit;
    this.rows += batch.long(0);
    const compression = batch.table(3);
    if (compression) this.compression = (compression.byte(0) ?? 0) === 1 ? "zstd" : "lz4";
    const nodes = batch.structs(1, 16);
    for (const [index, { node }] of this.fields.entries())
      this.nulls[index] = (this.nulls[index] ?? 0) + Number(nodes[node]?.readBigInt64LE(8) ?? 0);
  }
}

async function extractFile(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  const tail = file.read(Math.max(0, file.size - 10), file.size);
  if (tail.length < 10 || tail.toString("latin1", 4) !== mark) return undefined;
  const length = tail.readInt32LE(0);
  if (length <= 0 || length > Math.min(longestMessage, file.size)) throw new Error("no footer");
  const footer = FlatTable.root(file.read(file.size - 10 - length, file.size - 10));
  const schema = footer.table(1);
  if (!schema) return undefined;
  const batches = new Batches(arrowFields(schema));
  const blocks = footer.structs(3, 24);
  for (const block of blocks) {
    await pause();
    const message = messageAt(file, Number(block.readBigInt64LE(0)));
    const batch = message?.table.table(2);
    if (batch) batches.add(batch);
  }
  return extractionOf(file.extension ?? "arrow", batches);
}

async function extractStream(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  let batches: Batches | undefined;
  for (const { table } of messages(file)) {
    await pause();
    batches = withMessage(batches, table);
    if (batches?.isCut === true) break;
  }
  return batches && extractionOf(file.extension ?? "arrows", batches);
}

function withMessage(batches: Batches | undefined, message: FlatTable): Batches | undefined {
  const header = message.table(2);
  const type = message.byte(1);
  if (header && type === schemaMessage) return new Batches(arrowFields(header));
  if (header && type === batchMessage) batches?.add(header);
  return batches;
}

function* messages(file: FileBytes): Generator<Message> {
  for (let at = 0; at < file.size;) {
    const message = messageAt(file, at);
    if (!message) return;
    yield message;
    at = message.end;
  }
}

interface Message {
  readonly table: FlatTable;
  /** After the body that follows it. */
  readonly end: number;
}

/** Undefined at the end of a stream. Files of the first versions have no mark before the length. */
function messageAt(file: FileBytes, at: number): Message | undefined {
  const head = file.read(at, at + 8);
  if (head.length < 8) return undefined;
  const isMarked = head.readUInt32LE(0) === continuation;
  const length = head.readInt32LE(isMarked ? 4 : 0);
  if (length === 0) return undefined;
  if (length < 0 || length > longestMessage) throw new Error("a message of impossible length");
  const start = at + (isMarked ? 8 : 4);
  const table = FlatTable.root(file.read(start, start + length));
  const body = table.long(3);
  if (body < 0) throw new Error("a body of impossible length");
  return { table, end: start + length + body };
}

function extractionOf(type: string, batches: Batches): Extraction {
  const { fields, rows, count, compression, isCut } = batches;
  const columns = fields.slice(0, namedColumns).map(({ name }) => cut(name, 80));
  const least = isCut ? "at least " : "";
  const schema = fields.map(
    (field) => `${cut(field.name, 30)} ${field.type}${field.isNullable ? "?" : ""}`,
  );
  const profile = profileOf(batches);
  const nulls = profile.filter((column) => column.nulls > 0);
  const size = `${least}${counted(rows, "row")}`;
  return {
    extractor: "arrow",
    type,
    columns,
    ...(!isCut && { rows }),
    preview: [],
    facts: [
      { name: "rows", value: `${least}${rows.toLocaleString("en-US")}` },
      { name: "columns", value: fields.length.toLocaleString("en-US") },
      { name: "record batches", value: `${least}${count.toLocaleString("en-US")}` },
      { name: "compression", value: compression ?? "none" },
    ],
    profile,
    text: inLines(`${type}, ${size}, ${listed(fields.length, "column", columns)}`, [
      `${least}${count.toLocaleString("en-US")} record batch${count === 1 ? "" : "es"}; compression: ${compression ?? "none"}`,
      `schema: ${schema.slice(0, 30).join(", ")}`,
      ...(nulls.length > 0
        ? [`nulls: ${nulls.map((column) => `${cut(column.name, 30)} ${column.nulls}`).join(", ")}`]
        : []),
    ]),
  };
}

function profileOf({ fields, nulls }: Batches): readonly ColumnProfile[] {
  return fields.slice(0, profiledColumns).map(({ name, kind }, index) => ({
    name: cut(name, 80),
    type: kind,
    nulls: nulls[index] ?? 0,
  }));
}
