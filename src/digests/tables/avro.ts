import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { cut, counted, inLines, listed } from "../words.ts";

const mark = Buffer.from("Obj\u0001");
const syncLength = 16;
const longestHeader = 8 * 1024 * 1024;
const namedColumns = 1000;
const blockLimit = 200_000;
const entryLimit = 10_000;

/** Schema, codec and number of records of a container of Avro, without its records; undefined if it is none. */
export async function extractAvro(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  if (!file.read(0, mark.length).equals(mark)) return undefined;
  const cursor = new AvroCursor(file.read(0, longestHeader), mark.length);
  const meta = cursor.map();
  const blocks = await countRecords(file, cursor.at + syncLength, pause);
  const schema: unknown = JSON.parse(meta.get("avro.schema") ?? "null");
  return extractionOf(file.extension ?? "avro", {
    schema,
    codec: meta.get("avro.codec") ?? "null",
    ...blocks,
  });
}

/** Reads numbers and texts: https://avro.apache.org/docs/1.12.0/specification/#binary-encoding. */
class AvroCursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  long(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes.readUInt8(this.at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new Error("a number of more than 64 bits");
  }

  map(): Map<string, string> {
    const entries = new Map<string, string>();
    for (let count = this.long(); count !== 0; count = this.long()) {
      // A negative count is followed by the length in bytes.
      if (count < 0) this.long();
      for (let left = Math.abs(count); left > 0; left--) {
        if (entries.size > entryLimit) throw new Error("too much in the header");
        const key = this.#text();
        entries.set(key, this.#text());
      }
    }
    return entries;
  }

  #text(): string {
    const length = this.long();
    const end = this.at + length;
    if (length < 0 || end > this.#bytes.length) throw new Error("a text outside of the header");
    const text = this.#bytes.toString("utf8", this.at, end);
    this.at = end;
    return text;
  }
}

interface Blocks {
  readonly rows: number;
  readonly blocks: number;
  /** True if there are more blocks than were counted, or the last one is not whole. */
  readonly isCut: boolean;
}

/** Adds up what the blocks say they hold: their records are stepped over. */
async function countRecords(file: FileBytes, start: number, pause: Pause): Promise<Blocks> {
  let [rows, blocks, at] = [0, 0, start];
  while (at < file.size && blocks < blockLimit) {
    await pause();
    const cursor = new AvroCursor(file.read(at, at + 20), 0);
    const count = cursor.long();
    const length = cursor.long();
    if (count < 0 || length < 0) throw new Error("a block of impossible length");
    const end = at + cursor.at + length + syncLength;
    if (end > file.size) return { rows, blocks, isCut: true };
    rows += count;
    blocks++;
    at = end;
  }
  return { rows, blocks, isCut: at < file.size };
}

interface Parts extends Blocks {
  readonly schema: unknown;
  readonly codec: string;
}

interface Field {
  readonly name: string;
  readonly type: string;
}

function extractionOf(type: string, { schema, codec, rows, blocks, isCut }: Parts): Extraction {
  const fields = fieldsOf(schema);
  const columns = fields.slice(0, namedColumns).map(({ name }) => name);
  const record = textOf(schema, "name");
  const least = isCut ? "at least " : "";
  const shownCodec = codec === "null" ? "none" : cut(codec, 30);
  const facts = [
    { name: "rows", value: `${least}${rows.toLocaleString("en-US")}` },
    { name: "columns", value: fields.length.toLocaleString("en-US") },
    ...(record === undefined ? [] : [{ name: "record", value: cut(record, 80) }]),
    { name: "blocks", value: `${least}${blocks.toLocaleString("en-US")}` },
    { name: "compression", value: shownCodec },
  ];
  const head = `${type}, ${least}${counted(rows, "row")}, ${listed(fields.length, "column", columns)}`;
  return {
    extractor: "avro",
    type,
    columns,
    ...(!isCut && { rows }),
    preview: [],
    facts,
    text: inLines(head, [
      facts
        .slice(2)
        .map(({ name, value }) => `${name}: ${value}`)
        .join("; "),
      `schema: ${fields
        .slice(0, 30)
        .map((field) => `${field.name} ${field.type}`)
        .join(", ")}`,
    ]),
  };
}

/** Of a record; any other schema is one column. */
function fieldsOf(schema: unknown): readonly Field[] {
  const fields: unknown = partOf(schema, "fields");
  if (!Array.isArray(fields)) return [{ name: "value", type: typeOf(schema) }];
  return fields.map((field: unknown) => ({
    name: cut(textOf(field, "name") ?? "", 80),
    type: typeOf(partOf(field, "type")),
  }));
}

/** A union with null is a type with a question mark. */
function typeOf(type: unknown, depth = 0): string {
  if (typeof type === "string") return cut(type, 40);
  if (depth > 3) return "…";
  if (Array.isArray(type)) {
    const others = type.slice(0, 10).filter((part) => part !== "null");
    const names = others.map((part: unknown) => typeOf(part, depth + 1)).join(" or ");
    return others.length < type.length ? `${names}?` : names;
  }
  const logical = textOf(type, "logicalType");
  if (logical !== undefined) return cut(logical, 40);
  const name = typeOf(partOf(type, "type") ?? "unknown", depth + 1);
  const items = partOf(type, "items") ?? partOf(type, "values");
  return items === undefined ? name : `${name} of ${typeOf(items, depth + 1)}`;
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function textOf(value: unknown, key: string): string | undefined {
  const text = partOf(value, key);
  return typeof text === "string" ? text : undefined;
}
