import { grammar, hash, type Language, slashes } from "./code-language.ts";
import { lineLanguages } from "./code-line-languages.ts";

const python = grammar("Python", "python", hash);
const typescript = grammar("TypeScript", "typescript", slashes);
const javascript = grammar("JavaScript", "javascript", slashes);
const cpp = grammar("C++", "cpp", slashes);
const ruby = grammar("Ruby", "ruby", { line: ["#"], block: ["=begin", "=end"] });
const shell = grammar("Shell", "bash", hash);

/** Languages by the extensions of their files. */
const byExtensions: readonly (readonly [extensions: string, language: Language])[] = [
  ["ts mts cts", typescript],
  ["tsx", grammar("TypeScript (JSX)", "tsx", slashes)],
  ["js mjs cjs", javascript],
  ["jsx", grammar("JavaScript (JSX)", "javascript", slashes)],
  ["py pyi pyw", python],
  ["go", grammar("Go", "go", slashes)],
  ["java", grammar("Java", "java", slashes)],
  ["c", grammar("C", "cpp", slashes)],
  ["h", grammar("C or C++", "cpp", slashes)],
  ["cpp cc cxx c++ hpp hh hxx ino cu cuh", cpp],
  ["rs", grammar("Rust", "rust", slashes)],
  ["rb rake gemspec", ruby],
  ["php phtml", grammar("PHP", "php", { line: ["//", "#"], block: ["/*", "*/"] })],
  ["sh bash zsh ksh", shell],
  ["css", grammar("CSS", "css", { line: [], block: ["/*", "*/"] })],
  ...lineLanguages,
];

/** Extensions of source code, with spaces between them. */
export const codeExtensions: string = byExtensions.map(([extensions]) => extensions).join(" ");

const languages: ReadonlyMap<string, Language> = new Map(
  byExtensions.flatMap(([extensions, language]) =>
    extensions.split(" ").map((extension) => [extension, language] as const),
  ),
);

/** The language of files with an extension. */
export function languageOf(extension: string | undefined): Language | undefined {
  return languages.get(extension ?? "");
}
