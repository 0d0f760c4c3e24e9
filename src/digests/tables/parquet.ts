import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type ColumnMetaData,
  type Compressors,
  type FileMetaData,
  type SchemaElement,
  type SchemaTree,
} from "hyparquet";
import type { ColumnProfile, DigestFact } from "../../core/files/digest.ts";
import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { previewRecords, profiledColumns, typesLine } from "./table-columns.ts";
import { plainOf, shownValue } from "./typed-value.ts";
import { counted, cut, inLines, listed } from "../words.ts";

const namedColumns = 1000;
const sampledColumns = 100;
/** Rows are shown of files and row groups up to this size. */
const sampledSize = 32 * 1024 * 1024;
const footerLimit = 64 * 1024 * 1024;
const tailLength = 8;

/** Schema, number of rows and statistics of a file of Parquet, as its footer tells them; undefined if it has none. */
export async function extractParquet(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const tail = file.read(Math.max(0, file.size - tailLength), file.size);
  if (tail.length < tailLength || tail.toString("latin1", 4) !== "PAR1") return undefined;
  if (tail.readUInt32LE(0) > footerLimit) throw new Error("a footer of more than 64 MB");
  await pause();
  const source = sourceOf(file);
  const metadata = await parquetMetadataAsync(source);
  await pause();
  const { children } = parquetSchema(metadata);
  const preview = await sampleOf(source, metadata, children);
  return extractionOf(file.extension ?? "parquet", { metadata, children, preview });
}

function sourceOf(file: FileBytes): AsyncBuffer {
  return {
    byteLength: file.size,
    // A copy: the bytes may be part of a larger buffer.
    slice: (start, end = file.size) => new Uint8Array(file.read(start, end)).buffer,
  };
}

type Sample = readonly Readonly<Record<string, unknown>>[];

interface Parts {
  readonly metadata: FileMetaData;
  readonly children: readonly SchemaTree[];
  readonly preview: Sample;
}

/** The first rows, if that needs no more than a little of a small file; none if they cannot be read. */
async function sampleOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  children: readonly SchemaTree[],
): Promise<Sample> {
  const [first] = metadata.row_groups;
  if (!first || file.byteLength > sampledSize || unpackedSize(metadata) > sampledSize) return [];
  const columns = children.slice(0, sampledColumns).map(({ element }) => element.name);
  const rowEnd = Math.min(previewRecords, Number(first.num_rows));
  const samples = Array.from({ length: rowEnd }, (): Record<string, unknown> => ({}));
  try {
    const compressors = await compressorsOf(metadata);
    const options = { file, metadata, rowStart: 0, rowEnd, compressors };
    // One column of one row group at a time: of several that fail, all but one would reject with nobody to catch it.
    for (const name of columns) {
      const rows = await parquetReadObjects({ ...options, columns: [name] });
      for (const [index, sample] of samples.entries())
        Object.defineProperty(sample, name, {
          value: plainOf(rows[index]?.[name]),
          enumerable: true,
        });
    }
    return samples;
  } catch {
    return [];
  }
}

function unpackedSize({ row_groups }: FileMetaData): number {
  const columns = row_groups.slice(0, 1).flatMap((group) => group.columns);
  return columns.reduce(
    (sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size),
    0,
  );
}

/** Loaded only for a file that needs them. A page that says it is larger than all pages together is not unpacked. */
async function compressorsOf(metadata: FileMetaData): Promise<Compressors> {
  const codecs = new Set(codecsOf(metadata));
  if ([...codecs].every((codec) => codec === "UNCOMPRESSED")) return {};
  const { compressors } = await import("hyparquet-compressors");
  return Object.fromEntries(
    Object.entries(compressors).map(([name, unpack]) => [
      name,
      (input: Uint8Array, length: number): Uint8Array => {
        if (length > sampledSize) throw new Error("a page of more than 32 MB");
        return unpack(input, length);
      },
    ]),
  );
}

function codecsOf({ row_groups }: FileMetaData): readonly string[] {
  return row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data }) => (meta_data ? [meta_data.codec] : [])),
  );
}

function extractionOf(type: string, { metadata, children, preview }: Parts): Extraction {
  const rows = Number(metadata.num_rows);
  const columns = children.slice(0, namedColumns).map(({ element }) => element.name);
  const profile = profileOf(metadata, children.slice(0, profiledColumns));
  const schema = children.map(({ element }) => `${cut(element.name, 30)} ${typeOf(element)}`);
  const facts = factsOf(metadata, children);
  const head = `${type}, ${counted(rows, "row")}, ${listed(children.length, "column", columns)}`;
  return {
    extractor: "parquet",
    type,
    columns,
    rows,
    preview,
    facts,
    profile,
    text: inLines(head, [
      facts
        .slice(2)
        .map(({ name, value }) => `${name}: ${value}`)
        .join("; "),
      `schema: ${schema.slice(0, 30).join(", ")}`,
      ...(profile.length > 0 ? [typesLine(profile)] : []),
      ...preview.map((row) => Object.values(row).map(shownValue).join(" | ")),
    ]),
  };
}

function factsOf(metadata: FileMetaData, children: readonly SchemaTree[]): readonly DigestFact[] {
  const { row_groups, created_by, key_value_metadata = [] } = metadata;
  const sizes = row_groups.map(({ num_rows }) => Number(num_rows));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const codecs = [...new Set(codecsOf(metadata))].map((codec) => codec.toLowerCase());
  const groups = counted(largest, "row");
  return [
    { name: "rows", value: Number(metadata.num_rows).toLocaleString("en-US") },
    { name: "columns", value: children.length.toLocaleString("en-US") },
    {
      name: "row groups",
      value: `${row_groups.length.toLocaleString("en-US")} of up to ${groups}`,
    },
    ...(codecs.length > 0 ? [{ name: "compression", value: codecs.join(", ") }] : []),
    ...(created_by ? [{ name: "created by", value: cut(created_by, 80) }] : []),
    ...(key_value_metadata.some(({ key }) => key === "geo")
      ? [{ name: "geography", value: "GeoParquet" }]
      : []),
  ];
}

/** Of the columns without parts: a list or record has no statistics of its own. */
function profileOf(
  metadata: FileMetaData,
  children: readonly SchemaTree[],
): readonly ColumnProfile[] {
  const chunks = new Map<string, ColumnMetaData[]>();
  for (const { columns } of metadata.row_groups)
    for (const { meta_data } of columns) {
      const name = meta_data?.path_in_schema.length === 1 ? meta_data.path_in_schema[0] : undefined;
      if (!meta_data || name === undefined) continue;
      const column = chunks.get(name);
      if (column) column.push(meta_data);
      else chunks.set(name, [meta_data]);
    }
  return children.flatMap(({ element }) => {
    const column = chunks.get(element.name);
    return column ? columnProfile(element, column) : [];
  });
}

/** None if a row group does not count its nulls. */
function columnProfile(
  element: SchemaElement,
  chunks: readonly ColumnMetaData[],
): readonly ColumnProfile[] {
  let nulls = 0;
  const values: { readonly min: unknown; readonly max: unknown }[] = [];
  for (const { statistics, num_values } of chunks) {
    if (statistics?.null_count === undefined) return [];
    nulls += Number(statistics.null_count);
    if (statistics.null_count === num_values) continue;
    const { min_value, max_value, min, max } = statistics;
    values.push({ min: min_value ?? min, max: max_value ?? max });
  }
  const range = rangeOf(values);
  return [{ name: element.name, type: kindOf(element), nulls, ...range }];
}

function rangeOf(
  values: readonly { readonly min: unknown; readonly max: unknown }[],
): Pick<ColumnProfile, "min" | "max"> {
  const lowest = values.map(({ min }) => min).filter(isOrdered);
  const highest = values.map(({ max }) => max).filter(isOrdered);
  if (lowest.length === 0 || lowest.length + highest.length < 2 * values.length) return {};
  const least = lowest.reduce((one, other) => (other < one ? other : one));
  const most = highest.reduce((one, other) => (other > one ? other : one));
  return { min: cut(shownValue(plainOf(least)), 80), max: cut(shownValue(plainOf(most)), 80) };
}

function isOrdered(value: unknown): value is number {
  return ["string", "number", "bigint", "boolean"].includes(typeof value) || value instanceof Date;
}

const kinds: Readonly<Record<string, ColumnProfile["type"]>> = {
  BOOLEAN: "boolean",
  INT32: "integer",
  INT64: "integer",
  INT96: "date",
  FLOAT: "number",
  DOUBLE: "number",
};

function kindOf({ type, logical_type, converted_type }: SchemaElement): ColumnProfile["type"] {
  const logical = logical_type?.type ?? converted_type ?? "";
  if (/^(?:DATE|TIMESTAMP)/u.test(logical)) return "date";
  if (logical === "DECIMAL" || logical === "FLOAT16") return "number";
  return kinds[type ?? ""] ?? "text";
}

/** As the schema calls it, for example `int32`, `string?` or `list?`: with a question mark if it may be null. */
function typeOf(element: SchemaElement): string {
  const { type, logical_type, converted_type, repetition_type } = element;
  const plain = type ?? "struct";
  const logical = logical_type?.type ?? converted_type;
  const name = (logical === undefined || logical === "INTEGER" ? plain : logical).toLowerCase();
  return `${name}${repetition_type === "OPTIONAL" ? "?" : ""}`;
}
