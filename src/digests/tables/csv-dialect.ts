import { CsvError, type Options } from "csv-parse";
import { parse } from "csv-parse/sync";

/** In the order in which they are preferred. */
const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

const sampleBytes = 0x10000;
const sampleRecords = 20;
const lineFeed = 0x0a;

/** How `csv-parse` shall read a table: line ends may be mixed, empty lines are none, and records need not be equally long. */
export function dialect(delimiter: Delimiter, quote: '"' | null = '"'): Options {
  return {
    bom: true,
    delimiter,
    quote,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  };
}

/** The delimiter that divides most of the first records into as many cells as the very first: a comma if none divides it. */
export function sniffDelimiter(bytes: Buffer): Delimiter {
  const sample = firstLines(bytes);
  let best: Delimiter = ",";
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const score = scoreOf(sample, delimiter);
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function scoreOf(sample: Buffer, delimiter: Delimiter): number {
  const widths = widthsOf(sample, delimiter);
  const [first = 0] = widths;
  return first > 1 ? widths.filter((width) => width === first).length : 0;
}

/** Cells of each record up to the first that breaks the rules of quoting: with a wrong delimiter many do. */
function widthsOf(sample: Buffer, delimiter: Delimiter): readonly number[] {
  const widths: number[] = [];
  const on_record = (record: readonly string[]): null => {
    widths.push(record.length);
    return null;
  };
  try {
    parse(sample, { ...dialect(delimiter), to: sampleRecords, on_record });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return widths;
}

function firstLines(bytes: Buffer): Buffer {
  if (bytes.length <= sampleBytes) return bytes;
  const end = bytes.lastIndexOf(lineFeed, sampleBytes);
  return bytes.subarray(0, end === -1 ? sampleBytes : end);
}
