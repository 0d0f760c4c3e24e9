import { NetCDFReader } from "netcdfjs";
import type { Extraction, FileBytes } from "../extraction.ts";
import { extractHdf5 } from "./hdf5.ts";
import type { Pause } from "../pause.ts";
import { inert, told, type Told } from "../told.ts";
import { counted, cut, listed } from "../words.ts";

/** Bytes in which the header is looked for first. */
const headBytes = 0x10000;
const shownVariables = 20;
const shownAttributes = 8;
const formats: Readonly<Record<number, string>> = {
  1: "NetCDF classic",
  2: "NetCDF 64-bit offset",
  5: "NetCDF 64-bit data (CDF-5), not listed",
};

/** The dimensions, variables and attributes of a NetCDF; undefined if it is none of the classic formats. NetCDF 4 is HDF5, and told as such. */
export async function extractNetcdf(
  file: FileBytes,
  pause: Pause,
): Promise<Extraction | undefined> {
  const head = file.read(0, 8);
  if (head.toString("latin1", 1, 4) === "HDF") return extractHdf5(file, pause);
  const format = formats[head[3] ?? 0];
  if (head.toString("latin1", 0, 3) !== "CDF" || format === undefined) return undefined;
  const size = counted(file.size, "byte");
  const type = file.extension ?? "nc";
  if (head[3] === 5) return told({ extractor: "array", type, facts: { format, size } });
  return told(toldHeader(readHeader(file), { type, format, size }));
}

function toldHeader(
  reader: NetCDFReader,
  { type, format, size }: Readonly<Record<"type" | "format" | "size", string>>,
): Told {
  // A header without lists has none, whatever the types say.
  const { dimensions = [], variables = [], recordDimension } = reader as Partial<NetCDFReader>;
  const records = recordDimension?.length ?? 0;
  const words = dimensions.map(({ name, size: length }, index) =>
    index === recordDimension?.id ? `${name} ${records} (unlimited)` : `${name} ${length}`,
  );
  const lines = variables.slice(0, shownVariables).map((variable) => {
    const names = variable.dimensions.map((id) => dimensions[id]?.name ?? "?");
    return `${variable.name}(${names.join(", ")}) ${variable.type}${noteOf(variable.attributes)}`;
  });
  const attributes = (reader.globalAttributes ?? []).slice(0, shownAttributes);
  return {
    extractor: "array",
    type,
    facts: {
      title: valueOf(reader.globalAttributes, "title"),
      format,
      dimensions: listed(words.length, "dimension", words),
      variables: variables.length,
      size,
    },
    preview: lines.map((line) => cut(inert(line), 200)),
    lines: [
      ...lines.map(inert),
      ...attributes.map(({ name, value }) => inert(`:${name} = ${cut(String(value), 100)}`)),
    ],
  };
}

/** Of a large file the first bytes are enough, but for a very long header. */
function readHeader(file: FileBytes): NetCDFReader {
  for (let length = headBytes; length < file.size; length *= 16) {
    try {
      return new NetCDFReader(file.read(0, length));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return new NetCDFReader(file.bytes);
}

type Attributes = readonly {
  readonly name: string;
  readonly value: string | number | number[];
}[];

function valueOf(attributes: Attributes | undefined, name: string): string | undefined {
  const value = attributes?.find((attribute) => attribute.name === name)?.value;
  return value === undefined ? undefined : String(value);
}

/** The long name and unit of a variable. */
function noteOf(attributes: Attributes): string {
  const words = ["long_name", "units"].map((name) => valueOf(attributes, name)).filter(Boolean);
  return words.length > 0 ? `: ${cut(words.join(", "), 80)}` : "";
}
