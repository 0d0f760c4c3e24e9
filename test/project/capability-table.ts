/**
 * The tables in src/providers/README.md: what each provider can do, and what is known of each model, made from the code. `--write` brings
 * the file up to date.
 * @module
 */
import { globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { formatLimit } from "../../src/core/files/advise.ts";
import { formatDuration } from "../../src/core/session/format.ts";
import type { Capabilities, Purpose } from "../../src/core/ports/capabilities.ts";
import type { ProviderEntry } from "../../src/core/ports/provider.ts";
import { providerCatalog } from "../../src/providers/catalog.ts";
import type { ModelRow } from "../../src/providers/models.ts";
import { memoryFolder } from "../providers/memory-folder.ts";
import { markdownTable as table } from "./markdown-table.ts";

const providers = resolve(import.meta.dirname, "../../src/providers");

export const tablesFile: string = join(providers, "README.md");

const begin = "<!-- Made by test/project/capability-table.ts: do not edit. -->";
const end = "<!-- End of what is made. -->";

/** The text of the file with tables that fit the code. */
export async function withTables(text: string): Promise<string> {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${tablesFile} has lost its markers`);
  return `${text.slice(0, from)}${begin}\n\n${await tables()}\n\n${text.slice(to)}`;
}

/** All rows of all `models-<provider>.ts`, by the name of their file. */
export async function modelRows(): Promise<ReadonlyMap<string, readonly ModelRow[]>> {
  const files = globSync("models-*.ts", { cwd: providers }).toSorted();
  const found = await Promise.all(
    files.map(async (file) => {
      const exported: Readonly<Record<string, unknown>> = await import(join(providers, file));
      const name = Object.keys(exported).find((key) => key.endsWith("Models"));
      if (name === undefined) throw new Error(`${file} exports no list of models`);
      return [file, exported[name] as readonly ModelRow[]] as const;
    }),
  );
  return new Map(found);
}

async function tables(): Promise<string> {
  const catalog = providerCatalog({ localFolder: memoryFolder() });
  const sections = [...(await modelRows())].map(
    ([file, rows]) => `### \`${file}\`\n\n${table(modelHeads, rows.map(modelCells))}`,
  );
  return [
    "## Files",
    table(fileHeads, catalog.flatMap(fileCells)),
    "## Chat",
    table(chatHeads, catalog.map(chatCells)),
    "## Models",
    ...sections,
  ].join("\n\n");
}

const fileHeads = [
  "provider",
  "purpose",
  "types",
  "largest",
  "in its chat",
  "kept",
  "account holds",
  "download",
  "list shows",
];

function fileCells({ name, capabilities: { files } }: ProviderEntry): readonly string[][] {
  if (!files) return [[name, ...fileHeads.slice(1).map(() => "–")]];
  return files.purposes.map((purpose) => [
    name,
    purpose.name === "" ? "–" : `\`${purpose.name}\``,
    types(purpose.mediaTypes),
    formatLimit(purpose.maxBytes),
    uses[purpose.chatUse],
    lifetime(files),
    quota(files, purpose),
    files.downloads ? "yes" : "no",
    files.listScope,
  ]);
}

type Files = NonNullable<Capabilities["files"]>;

const uses: Readonly<Record<Purpose["chatUse"], string>> = {
  reference: "by id",
  text: "its text",
  none: "no",
};

function lifetime({ lifetime: range, fixedLifetime }: Files): string {
  if (fixedLifetime !== undefined) return formatDuration(fixedLifetime);
  if (!range) return "until deleted";
  return `${formatDuration(range.min)} to ${formatDuration(range.max)}, or until deleted`;
}

function quota({ quota: { files, bytes } }: Files, { maxFiles }: Purpose): string {
  const most = maxFiles ?? files;
  const limits = [
    ...(most === undefined ? [] : [`${most.toLocaleString("en")} files`]),
    ...(bytes === undefined ? [] : [formatLimit(bytes)]),
  ];
  return limits.join(", ") || "no limit known";
}

const chatHeads = [
  "provider",
  "answers",
  "as bytes in a request",
  "counts tokens",
  "prompt cache",
  "field that tells cached tokens",
];

function chatCells({ name, capabilities: { answers, chat } }: ProviderEntry): readonly string[] {
  if (!chat) return [name, "no", "–", "–", "–", "–"];
  const { inlineTypes, countsTokens, cacheMarks, cachedTokensField } = chat;
  return [
    name,
    answers ? "yes" : "no",
    inlineTypes.length > 0 ? types(inlineTypes) : "–",
    countsTokens ? "yes" : "no",
    answers ? (cacheMarks === "none" ? "by itself" : cacheMarks) : "–",
    cachedTokensField === "–" ? "–" : `\`${cachedTokensField}\``,
  ];
}

const modelHeads = [
  "model",
  "window",
  "input",
  "output",
  "our count",
  "$ in",
  "$ cached",
  "$ written",
  "$ out",
  "prices hold",
  "takes",
  "read",
];

function modelCells(row: ModelRow): readonly string[] {
  const { prices } = row;
  const count = (value: number): string => value.toLocaleString("en");
  return [
    `\`${row.id}\``,
    count(row.window),
    count(row.maxInputTokens),
    count(row.maxOutputTokens),
    row.tokenizer === "o200k_base" ? "exact" : "approximate",
    ...[prices?.input, prices?.cached, prices?.cacheWrite, prices?.output].map(price),
    row.pricesUpTo === undefined ? (prices ? "always" : "–") : `to ${count(row.pricesUpTo)}`,
    row.takes ? types(row.takes) : "–",
    [
      link(row.date, row.source),
      ...(row.pricesSource ? [link("prices", row.pricesSource)] : []),
    ].join(", "),
  ];
}

function price(value: number | undefined): string {
  return value === undefined ? "–" : String(Number(value.toPrecision(6)));
}

function link(text: string, address: string): string {
  return `[${text}](${address})`;
}

/** More than these would make the table unreadable. */
const mostTypes = 6;

/** Media types that are longer than what people call them. */
const shortTypes: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.openxmlformats-officedocument\.wordprocessingml\.document$/u, "docx"],
  [/^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/u, "xlsx"],
  [/^application\/vnd\.openxmlformats-officedocument\.presentationml\.presentation$/u, "pptx"],
  [/^application\/vnd\.ms-excel$/u, "xls"],
  [/^application\/vnd\.ms-powerpoint$/u, "ppt"],
  [/^application\/(?:vnd\.|x-|ms)?([\w+-]+)$/u, "$1"],
];

function types(patterns: readonly string[]): string {
  if (patterns.includes("*")) return "all";
  if (patterns.length === 0) return "text only";
  const shown = patterns.slice(0, mostTypes).map((pattern) => {
    const [long, short] = shortTypes.find(([type]) => type.test(pattern)) ?? [/$/u, ""];
    return `\`${pattern.replace(long, short)}\``;
  });
  const more = patterns.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

if (process.argv[1] === import.meta.filename) {
  const text = await readFile(tablesFile, "utf8");
  const made = await withTables(text);
  if (process.argv.includes("--write")) await writeFile(tablesFile, made);
  else if (made !== text) {
    console.error("The tables are out of date: node test/project/capability-table.ts --write");
    process.exitCode = 1;
  }
}
