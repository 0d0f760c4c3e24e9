import { makeVisible } from "../context/text/visible.ts";
import { inCode, table } from "../session/markdown.ts";
import type { ColumnProfile, Digest } from "./digest.ts";

/** Columns of a table whose profile is shown; a wider table has more than it shows. */
const mostProfiled = 100;
/** Columns of the records that are shown: more do not fit on a screen. */
const mostShown = 12;
const mostRecords = 20;
const mostLines = 50;
const longestCell = 80;

/** A digest whole, as Markdown. Whatever the file holds is shown letter by letter: neither Markdown nor HTML in it has an effect. */
export function describeDigest(name: string, digest: Digest): string {
  const { profile = [], text } = digest;
  return [
    `# Digest of ${cell(name)}`,
    madeBy(digest),
    factList(digest),
    ...(profile.length > 0 ? ["## Columns", profileTable(profile)] : []),
    looked(profile, digest.rows),
    ...preview(digest),
    "## In words, as a model is shown it",
    fenced(text),
    "",
  ]
    .filter((part) => part !== undefined)
    .join("\n\n");
}

function madeBy({ type, extractor, version, contentId }: Digest): string {
  return `${cell(type)} · content ${cell(contentId.slice(0, 12))} · made by the extractor ${cell(extractor)}, version ${count(version)}`;
}

/** What the extractor found, after what every table has. */
function factList({ columns, rows, facts = [] }: Digest): string | undefined {
  const known = new Set(facts.map(({ name }) => name));
  const sizes = [
    ...(rows === undefined ? [] : [{ name: "rows", value: count(rows) }]),
    ...(columns === undefined ? [] : [{ name: "columns", value: count(columns.length) }]),
  ].filter(({ name }) => !known.has(name));
  const lines = [...sizes, ...facts].map(({ name, value }) => `- ${plain(name)}: ${cell(value)}`);
  return lines.length > 0 ? lines.join("\n") : undefined;
}

const profileHeads = ["Column", "Type", "Without a value", "Smallest", "Largest", "Different"];

function profileTable(profile: readonly ColumnProfile[]): string | undefined {
  const rows = profile
    .slice(0, mostProfiled)
    .map((column) => [
      cell(column.name),
      column.type,
      count(column.nulls),
      cell(column.min),
      cell(column.max),
      different(column),
    ]);
  return withMore(table(profileHeads, rows), profile.length - rows.length, "columns");
}

function different({ distinct, moreDistinct }: ColumnProfile): string {
  if (distinct === undefined) return "";
  return moreDistinct ? `more than ${count(distinct)}` : count(distinct);
}

/** Says so if the columns tell of some rows only. */
function looked(profile: readonly ColumnProfile[], rows: number | undefined): string | undefined {
  const parts = profile.flatMap(({ ofRows }) => ofRows ?? []);
  if (parts.length === 0) return undefined;
  const [least, most] = [Math.min(...parts), Math.max(...parts)];
  const some = least === most ? count(least) : `${count(least)} to ${count(most)}`;
  const all = rows === undefined ? "" : ` of ${count(rows)}`;
  const which =
    parts.length === profile.length ? "What the columns hold" : "What some columns hold";
  return `${which} was counted in ${some}${all} rows, not in all of them.`;
}

/** The first records as a table if they are records, else the first lines. */
function preview({ columns, preview: values }: Digest): readonly (string | undefined)[] {
  if (values.length === 0) return [];
  const records = values.slice(0, mostRecords).filter(isRecord);
  if (records.length < Math.min(values.length, mostRecords))
    return ["## First lines", lineList(values)];
  const names = columns ?? [...new Set(records.flatMap((record) => Object.keys(record)))];
  const shown = names.slice(0, mostShown);
  if (shown.length === 0) return ["## First lines", lineList(values)];
  const rows = records.map((record) => shown.map((name) => cell(valueOf(record, name))));
  const heads = shown.map((name) => cell(name));
  return [
    "## First rows",
    withMore(table(heads, rows), names.length - shown.length, "columns"),
    withMore(undefined, values.length - records.length, "rows"),
  ];
}

function lineList(values: readonly unknown[]): string {
  const more = values.length - mostLines;
  return fenced(
    [
      ...values.slice(0, mostLines).map(inWords),
      ...(more > 0 ? [`… and ${count(more)} more`] : []),
    ].join("\n"),
  );
}

function withMore(shown: string | undefined, more: number, noun: string): string | undefined {
  if (more <= 0) return shown;
  const note = `… and ${count(more)} more ${noun}`;
  return shown === undefined ? note : `${shown}\n\n${note}`;
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Not of what every object inherits: a column may be named `constructor`. */
function valueOf(record: Fields, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A value in one line, letter by letter; nothing for what is not there. */
function cell(value: unknown): string {
  if (value === undefined || value === "") return "";
  const line = inWords(value).replaceAll(/\s+/gu, " ").trim();
  const short = line.length > longestCell ? `${line.slice(0, longestCell)}…`.toWellFormed() : line;
  // Programs disagree on a bar in the code of a table.
  return short.includes("|") ? asEntities(short) : inCode(short === "" ? "␣" : short);
}

function inWords(value: unknown): string {
  return makeVisible(typeof value === "string" ? value : (JSON.stringify(value) ?? "")).text;
}

/** A name as text like ours. */
function plain(name: string): string {
  return asEntities(inWords(name).replaceAll(/\s+/gu, " ").trim());
}

/** Every sign of ASCII that could mean something as its number. */
function asEntities(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/gu, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** In a fence that the text cannot close. */
function fenced(text: string): string {
  const visible = makeVisible(text).text.replaceAll(/\r\n?/gu, "\n");
  const longest = Math.max(2, ...(visible.match(/`+/gu) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${visible}\n${fence}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
