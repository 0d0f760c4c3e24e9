import type { ColumnProfile } from "../../core/files/digest.ts";
import type { FlatTable } from "./flat-table.ts";

const deepest = 32;
/** Fields of all depths together: the parts of a damaged schema may be parts of themselves. */
const fieldLimit = 10_000;

/** A column, or a part of one. */
export interface ArrowField {
  readonly name: string;
  readonly type: string;
  readonly kind: ColumnProfile["type"];
  readonly isNullable: boolean;
  /** Where the record batches tell its nulls: fields of all depths are counted, a parent before its parts. */
  readonly node: number;
}

type Kind = ColumnProfile["type"];
type TypeName = (type: FlatTable) => string;

/** https://github.com/apache/arrow/blob/main/format/Schema.fbs, union Type. */
const types: readonly (readonly [name: string | TypeName, kind: Kind])[] = [
  ["none", "mixed"],
  ["null", "empty"],
  [intName, "integer"],
  [(type) => ["float16", "float32", "float64"][type.short(0) ?? 0] ?? "float", "number"],
  ["binary", "text"],
  ["string", "text"],
  ["bool", "boolean"],
  [(type) => `decimal(${type.int(0) ?? 0}, ${type.int(1) ?? 0})`, "number"],
  ["date", "date"],
  ["time", "text"],
  [timestampName, "date"],
  ["interval", "text"],
  ["list", "mixed"],
  ["struct", "mixed"],
  ["union", "mixed"],
  [(type) => `binary(${type.int(0) ?? 0})`, "text"],
  ["list", "mixed"],
  ["map", "mixed"],
  ["duration", "integer"],
  ["binary", "text"],
  ["string", "text"],
  ["list", "mixed"],
  ["run-end encoded", "mixed"],
  ["binary", "text"],
  ["string", "text"],
  ["list", "mixed"],
  ["list", "mixed"],
];

/** The columns of a schema. */
export function arrowFields(schema: FlatTable): readonly ArrowField[] {
  let node = 0;
  const skipParts = (field: FlatTable, depth: number): void => {
    if (depth > deepest || ++node > fieldLimit) throw new Error("a schema too deep or too large");
    for (const part of field.tables(5)) skipParts(part, depth + 1);
  };
  return schema.tables(1).map((field) => {
    const first = node;
    // In the batches, a dictionary has one node for its indices, whatever its values are made of.
    if (field.table(4)) node++;
    else skipParts(field, 0);
    return fieldOf(field, first);
  });
}

function fieldOf(field: FlatTable, node: number): ArrowField {
  const [name = "unknown", kind = "mixed"] = types[field.byte(2) ?? 0] ?? [];
  const type = field.table(3);
  const plain = typeof name === "string" ? name : type ? name(type) : "unknown";
  return {
    name: field.text(0) ?? "",
    type: field.table(4) ? `dictionary of ${plain}` : plain,
    kind,
    isNullable: field.byte(1) === 1,
    node,
  };
}

function intName(type: FlatTable): string {
  return `${type.byte(1) === 1 ? "int" : "uint"}${type.int(0) ?? 0}`;
}

function timestampName(type: FlatTable): string {
  const unit = ["s", "ms", "us", "ns"][type.short(0) ?? 0] ?? "s";
  const zone = type.text(1);
  return zone === undefined ? `timestamp[${unit}]` : `timestamp[${unit}, ${zone}]`;
}
