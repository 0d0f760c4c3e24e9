import type { Extraction, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import { sourceText } from "../code/source-text.ts";
import { counted, cut, inLines, listed } from "../words.ts";

const largest = 16 * 1024 * 1024;
const namedKeys = 1000;
const nameWidth = 80;
/** Characters looked at of a line. */
const lineWidth = 500;
const shownSections = 20;
const noSection = "";
const variable = /^[A-Za-z_][\w.-]{0,100}$/u;
const anyKey = /^[\w.\-/@$\\ [\]*"'+%]{1,200}$/u;

interface Section {
  readonly name: string;
  readonly keys: Set<string>;
}

/** What is read line by line. */
interface Lines {
  readonly sections: Map<string, Section>;
  /** Lines that are neither key, section, comment nor empty. */
  other: number;
  keys: number;
  isContinued: boolean;
  /** True if keys are names of variables, and values may go over lines. */
  readonly isEnvironment: boolean;
  /** What ends a value that goes over lines. */
  valueEnd: string | undefined;
}

/** Sections and keys of INI, properties and environment files, never a value: many are secret. Undefined if most lines are something else. */
export async function extractIni(file: FileBytes, pause: Pause): Promise<Extraction | undefined> {
  await pause();
  const text = sourceText(file, largest);
  if (text === undefined) return undefined;
  const lines: Lines = {
    sections: new Map(),
    other: 0,
    keys: 0,
    isContinued: false,
    isEnvironment: file.extension === "env",
    valueEnd: undefined,
  };
  let section = sectionOf(lines, noSection);
  for (const line of text.split(/\r\n?|\n/u))
    if (!isInValue(lines, line)) section = takeLine(lines, section, line.slice(0, lineWidth));
  return lines.keys === 0 || lines.other > lines.keys
    ? undefined
    : extractionOf(file.extension ?? "ini", lines);
}

/** True for the lines of a value after the first one: a part of a secret must not be taken for a key. */
function isInValue(lines: Lines, line: string): boolean {
  if (!lines.isEnvironment) return false;
  if (lines.valueEnd !== undefined) {
    if (line.includes(lines.valueEnd)) lines.valueEnd = undefined;
    return true;
  }
  const quote = /^[^=]*=\s*(["'`])/u.exec(line)?.[1];
  if (quote !== undefined && line.split(quote).length === 2) lines.valueEnd = quote;
  else if (quote === undefined && line.includes("-----BEGIN")) lines.valueEnd = "-----END";
  return false;
}

function takeLine(lines: Lines, section: Section, line: string): Section {
  const { isContinued } = lines;
  lines.isContinued = line.endsWith("\\");
  if (isContinued || /^\s*(?:[#;!]|$)/u.test(line)) return section;
  const name = /^\s*\[([^\]]{1,200})\]/u.exec(line)?.[1];
  if (name !== undefined) return sectionOf(lines, cut(name.trim(), nameWidth));
  const key = keyOf(line, lines.isEnvironment ? variable : anyKey);
  // An indented line without a key goes on with the value before it.
  if (key === undefined) lines.other += /^\s/u.test(line) ? 0 : 1;
  else {
    lines.keys++;
    if (section.keys.size < namedKeys) section.keys.add(cut(key, nameWidth));
  }
  return section;
}

function keyOf(line: string, pattern: RegExp): string | undefined {
  const end = line.search(pattern === variable ? /[=]/u : /[=:]/u);
  const key = line.slice(0, Math.max(0, end)).trim();
  const name = key.startsWith("export ") ? key.slice(7).trim() : key;
  return pattern.test(name) ? name : undefined;
}

function sectionOf({ sections }: Lines, name: string): Section {
  const known = sections.get(name);
  if (known) return known;
  const section: Section = { name, keys: new Set() };
  if (sections.size < namedKeys) sections.set(name, section);
  return section;
}

function extractionOf(type: string, { sections, keys }: Lines): Extraction {
  const all = [...sections.values()].filter(({ name, keys: own }) => name !== "" || own.size > 0);
  const named = all.filter(({ name }) => name !== noSection);
  const free = sections.get(noSection)?.keys ?? new Set<string>();
  const columns = named.length > 0 ? named.map(({ name }) => name) : [...free];
  const head =
    named.length > 0
      ? [type, listed(named.length, "section", columns), counted(keys, "key")]
      : [type, listed(Math.max(free.size, 1), "key", columns)];
  const lines = named.length > 0 ? all.slice(0, shownSections).map(sectionLine) : [];
  return {
    extractor: "ini",
    type,
    columns,
    preview: [],
    facts: [
      ...(named.length > 0 ? [{ name: "sections", value: `${named.length}` }] : []),
      { name: "keys", value: keys.toLocaleString("en-US") },
    ],
    text: inLines(head.join(", "), [...lines, "values are not shown"]),
  };
}

function sectionLine({ name, keys }: Section): string {
  const list = cut([...keys].join(", "), 150);
  return name === noSection ? `before any section: ${list}` : `[${name}] ${list}`;
}
