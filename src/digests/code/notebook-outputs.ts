import { isObject } from "../data/schema.ts";
import { readOrNot } from "./source-text.ts";

/** What kinds of output a cell may have, in the order in which they are told. */
const kinds = ["text", "table", "image", "error", "other"] as const;

/** One output of a cell. */
export interface Output {
  readonly kind: (typeof kinds)[number];
  /** Characters as the file keeps them. */
  readonly size: number;
}

/** The outputs of a cell. */
export function outputsOf(cell: Readonly<Record<string, unknown>>): readonly Output[] {
  const { outputs } = cell;
  if (!Array.isArray(outputs)) return [];
  return outputs.filter((output) => isObject(output)).map(outputOf);
}

/** How many outputs there are of each kind and their sizes, undefined if there are none. */
export function outputWords(outputs: readonly Output[]): string | undefined {
  const words = kinds.flatMap((kind) => {
    const own = outputs.filter((output) => output.kind === kind);
    const size = own.reduce((sum, output) => sum + output.size, 0);
    return own.length === 0
      ? []
      : [`${own.length.toLocaleString("en-US")} ${kind} (${sized(size)})`];
  });
  return words.length === 0 ? undefined : words.join(", ");
}

function sized(characters: number): string {
  if (characters < 1000) return `${characters} B`;
  if (characters < 999_500) return `${Math.round(characters / 1000)} KB`;
  return `${(characters / 1_000_000).toFixed(1)} MB`;
}

function outputOf(output: Readonly<Record<string, unknown>>): Output {
  const type = output["output_type"];
  if (type === "error" || type === "pyerr")
    return { kind: "error", size: sizeOf(output["traceback"]) + sizeOf(output["evalue"]) };
  const data = isObject(output["data"]) ? output["data"] : output;
  const size =
    sizeOf(output["text"]) +
    (data === output
      ? 0
      : Object.values(data).reduce<number>((sum, part) => sum + sizeOf(part), 0));
  return { kind: kindOf(data, type), size };
}

function kindOf(data: Readonly<Record<string, unknown>>, type: unknown): Output["kind"] {
  const names = Object.keys(data);
  if (names.some((name) => /^(?:image\/|png$|jpeg$|svg$)/u.test(name))) return "image";
  const html = joined(data["text/html"]);
  if (html.includes("<table") || names.some((name) => name.includes("dataresource")))
    return "table";
  if (type === "stream" || names.some((name) => name.startsWith("text"))) return "text";
  return "other";
}

function joined(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.filter((part) => typeof part === "string").join("") : "";
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (!Array.isArray(value)) return writtenSize(value);
  return value.reduce<number>(
    (sum, part) => sum + (typeof part === "string" ? part.length : writtenSize(part)),
    0,
  );
}

/** Of a value that is no text. One that is nested too deep to be written counts for nothing. */
function writtenSize(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return readOrNot(() => JSON.stringify(value).length) ?? 0;
}
