import { existsSync } from "node:fs";
import { join } from "node:path";
import { Language, Parser, type Tree } from "web-tree-sitter";
import type { CodeSymbol } from "./code-outline.ts";
import type { RuntimeOptions } from "./tree-sitter-needs.d.ts";
import { keptSymbols, symbolsIn } from "./code-symbols.ts";

/** Characters of a source that are parsed: a parser of broken source needs a multiple of the time and memory. */
const parsedCharacters = 100_000;
/** Steps of a hundred operations that a parser may take, not of time, so that the same source always ends alike. */
const steps = 4000;
/** Texts in a source that end at a word of their own: finding where many of them end takes the square of the time, in one step. */
const mostHereTexts = 100;

const hereTexts: ReadonlySet<string> = new Set(["bash", "ruby", "php"]);

/** Where the runtime and the grammars lie: beside the built extension, else in their packages. */
const built: string = join(import.meta.dirname, "grammars");
const packages: string = join(import.meta.dirname, "../../../node_modules");
const isBuilt: boolean = existsSync(built);
const runtimeFolder: string = isBuilt ? built : join(packages, "web-tree-sitter");
const grammarFolder: string = isBuilt ? built : join(packages, "@vscode/tree-sitter-wasm/wasm");

const options: RuntimeOptions = { locateFile: (name) => join(runtimeFolder, name) };
const loaded = new Map<string, Promise<Language>>();
let started: Promise<void> | undefined;

/** The symbols of source code, and whether not all of it was looked at. Each grammar is loaded on its first use. */
export async function parseSymbols(
  text: string,
  grammar: string,
): Promise<{ symbols: readonly CodeSymbol[]; isCut: boolean }> {
  const language = await load(grammar);
  const source = text.slice(0, parsedCharacters);
  if (source.split("<<").length > mostHereTexts && hereTexts.has(grammar))
    return { symbols: [], isCut: true };
  const tree = parse(source, language);
  if (!tree) return { symbols: [], isCut: true };
  try {
    const symbols = symbolsIn(tree.rootNode, grammar, source);
    return { symbols, isCut: source.length < text.length || symbols.length === keptSymbols };
  } finally {
    tree.delete();
  }
}

function parse(source: string, language: Language): Tree | null {
  const parser = new Parser();
  try {
    let left = steps;
    return parser
      .setLanguage(language)
      .parse(source, null, { progressCallback: () => left-- <= 0 });
  } finally {
    parser.delete();
  }
}

async function load(grammar: string): Promise<Language> {
  await (started ??= Parser.init(options));
  let language = loaded.get(grammar);
  if (!language) {
    language = Language.load(join(grammarFolder, `tree-sitter-${grammar}.wasm`));
    loaded.set(grammar, language);
  }
  return language;
}
