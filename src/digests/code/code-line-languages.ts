import { type Language, dashes, hash, lines, semicolon, slashes } from "./code-language.ts";

const kotlin = lines(
  "Kotlin",
  slashes,
  /^(?:(?:public|private|internal|open|abstract|sealed|data|inline|suspend|enum|annotation|value|const|override)\s+)*(?<kind>class|interface|object|fun|typealias)\s+(?:<[^>]*>\s*)?(?<name>[\w.]+)/u,
);
const scala = lines(
  "Scala",
  slashes,
  /^(?:(?:private|protected|final|sealed|abstract|case|implicit|lazy|override|inline|open)\s+)*(?<kind>class|trait|object|enum|def|type)\s+(?<name>\w+)/u,
);
const fortran = lines(
  "Fortran",
  { line: ["!"] },
  /^\s{0,8}(?<kind>program|module|subroutine|function)\s+(?<name>[a-z]\w*)/iu,
);
const haskell = lines(
  "Haskell",
  { line: ["--"], block: ["{-", "-}"] },
  /^(?:(?<kind>data|newtype|class|type|module)\s+|(?=[a-z][\w']*\s*::))(?<name>[\w.']+)/u,
);
const clojure = lines(
  "Clojure",
  semicolon,
  /^\((?<kind>ns|defn-?|defmacro|defprotocol|defrecord|deftype|defmulti|def)\s+(?<name>[^\s()[\]"]+)/u,
);
const assembly = lines("assembly", { line: [";", "#", "//"] });
const ocaml = lines(
  "OCaml",
  { line: [], block: ["(*", "*)"] },
  /^(?<kind>let|type|module|exception|class|val|external)\s+(?:rec\s+)?(?<name>[\w']+)/u,
);
const elixir = lines(
  "Elixir",
  hash,
  /^(?:\s{2})?(?<kind>defmodule|defprotocol|defimpl|defmacro|defp?)\s+(?<name>[\w.?!]+)/u,
);
const perl = lines(
  "Perl",
  { line: ["#"], block: ["=", "=cut"] },
  /^(?<kind>sub|package)\s+(?<name>[\w:]+)/u,
);
const csharp = lines(
  "C#",
  slashes,
  /^\s{0,8}(?:(?:public|private|protected|internal|static|abstract|sealed|partial|readonly|unsafe|ref|file)\s+)*(?<kind>class|interface|struct|enum|record|namespace)\s+(?<name>[\w.]+)/u,
);
const sql = lines(
  "SQL",
  { line: ["--"], block: ["/*", "*/"] },
  /^\s{0,4}create\s+(?:or\s+replace\s+)?(?:(?:global|local|temporary|temp|unique|materialized|external)\s+)*(?<kind>table|view|function|procedure|trigger|index|type|schema|sequence)\s+(?:if\s+not\s+exists\s+)?(?<name>[\w."`[\]]+)/iu,
);

/** Languages without a grammar by the extensions of their files. */
export const lineLanguages: readonly (readonly [extensions: string, language: Language])[] = [
  ["cs csx", csharp],
  ["kt kts", kotlin],
  [
    "swift",
    lines(
      "Swift",
      slashes,
      /^(?:@\w+\s+)*(?:(?:public|private|internal|open|fileprivate|final|indirect|static|override|mutating)\s+)*(?<kind>class|struct|enum|protocol|extension|actor|func|typealias)\s+(?<name>[\w.]+)/u,
    ),
  ],
  ["scala sc", scala],
  [
    "lua",
    lines(
      "Lua",
      { line: ["--"], block: ["--[[", "]]"] },
      /^(?:local\s+)?(?<kind>function)\s+(?<name>[\w.:]+)/u,
    ),
  ],
  ["r", lines("R", hash, /^(?<name>[A-Za-z.][\w.]*)\s*(?:<-|=)\s*(?<kind>function)\b/u)],
  [
    "jl",
    lines(
      "Julia",
      { line: ["#"], block: ["#=", "=#"] },
      /^(?:mutable\s+|abstract\s+)?(?<kind>function|struct|module|macro|type)\s+(?<name>[\w.!]+)/u,
    ),
  ],
  ["pl pm", perl],
  ["hs lhs", haskell],
  ["sql ddl", sql],
  [
    "dart",
    lines(
      "Dart",
      slashes,
      /^(?:(?:abstract|sealed|base|final|interface)\s+)*(?<kind>class|mixin|enum|extension|typedef)\s+(?<name>\w+)/u,
    ),
  ],
  ["ex exs", elixir],
  ["erl hrl", lines("Erlang", { line: ["%"] }, /^-(?<kind>module|record|define)\((?<name>\w+)/u)],
  ["clj cljs cljc", clojure],
  ["ml mli", ocaml],
  [
    "fs fsx fsi",
    lines(
      "F#",
      { line: ["//"], block: ["(*", "*)"] },
      /^(?<kind>let|type|module|namespace)\s+(?:rec\s+|inline\s+)*(?<name>[\w.]+)/u,
    ),
  ],
  [
    "groovy gradle",
    lines(
      "Groovy",
      slashes,
      /^(?:(?:public|private|abstract|static|final)\s+)*(?<kind>class|interface|trait|enum|def)\s+(?<name>\w+)\b(?!\s*=)/u,
    ),
  ],
  [
    "ps1 psm1 psd1",
    lines(
      "PowerShell",
      { line: ["#"], block: ["<#", "#>"] },
      /^(?<kind>function|filter|class|enum)\s+(?<name>[\w:-]+)/iu,
    ),
  ],
  [
    "vb bas",
    lines(
      "Visual Basic",
      { line: ["'"] },
      /^\s{0,8}(?:(?:public|private|friend|shared|partial)\s+)*(?<kind>class|module|sub|function|structure|interface|enum)\s+(?<name>\w+)/iu,
    ),
  ],
  ["f f90 f95 f03 f08 for", fortran],
  [
    "pas dpr",
    lines(
      "Pascal",
      { line: ["//"], block: ["{", "}"] },
      /^(?<kind>program|unit|procedure|function)\s+(?<name>[\w.]+)/iu,
    ),
  ],
  ["zig", lines("Zig", { line: ["//"] }, /^(?:pub\s+)?(?:export\s+)?(?<kind>fn)\s+(?<name>\w+)/u)],
  ["nim", lines("Nim", hash, /^(?<kind>proc|func|template|macro|iterator|method)\s+(?<name>\w+)/u)],
  ["d", lines("D", slashes, /^(?<kind>class|struct|interface|enum|module)\s+(?<name>[\w.]+)/u)],
  [
    "cr",
    lines(
      "Crystal",
      hash,
      /^(?:abstract\s+)?(?<kind>class|module|struct|def|enum)\s+(?<name>[\w.:]+)/u,
    ),
  ],
  [
    "sol",
    lines(
      "Solidity",
      slashes,
      /^(?:abstract\s+)?(?<kind>contract|interface|library|struct|enum)\s+(?<name>\w+)/u,
    ),
  ],
  ["proto", lines("Protocol Buffers", slashes, /^(?<kind>message|service|enum)\s+(?<name>\w+)/u)],
  [
    "graphql gql",
    lines(
      "GraphQL",
      hash,
      /^(?:extend\s+)?(?<kind>type|interface|enum|union|input|scalar|query|mutation|fragment)\s+(?<name>\w+)/u,
    ),
  ],
  [
    "tf hcl tfvars",
    lines(
      "Terraform",
      { line: ["#", "//"], block: ["/*", "*/"] },
      /^(?<kind>resource|data|module|variable|output|provider)\s+(?<name>"[^"]*"(?:\s+"[^"]*")?)/u,
    ),
  ],
  ["scss less sass", lines("stylesheet", slashes, /^@(?<kind>mixin|function)\s+(?<name>[\w-]+)/u)],
  [
    "v sv vh svh",
    lines("Verilog", slashes, /^(?<kind>module|interface|package|class)\s+(?<name>\w+)/u),
  ],
  [
    "vhd vhdl",
    lines("VHDL", dashes, /^(?<kind>entity|architecture|package|component)\s+(?<name>\w+)/iu),
  ],
  ["tcl", lines("Tcl", hash, /^(?<kind>proc)\s+(?<name>[\w:]+)/u)],
  [
    "el lisp lsp scm rkt",
    lines(
      "Lisp",
      semicolon,
      /^\((?<kind>defun|defmacro|defvar|defclass|define)\s+\(?(?<name>[^\s()"]+)/u,
    ),
  ],
  ["vim", lines("Vim script", { line: ['"'] }, /^(?<kind>function)!?\s+(?<name>[\w:#]+)/u)],
  ["awk", lines("AWK", hash, /^(?<kind>function)\s+(?<name>\w+)/u)],
  ["fish", lines("fish", hash, /^(?<kind>function)\s+(?<name>[\w-]+)/u)],
  [
    "bat cmd",
    lines("batch", { line: ["::", "rem ", "REM ", "@rem "] }, /^(?<kind>:)(?<name>\w+)/u),
  ],
  ["cmake", lines("CMake", hash, /^(?<kind>function|macro)\s*\(\s*(?<name>\w+)/iu)],
  ["mk mak", lines("Makefile", hash)],
  ["asm s", assembly],
  [
    "adb ads",
    lines("Ada", dashes, /^(?<kind>package|procedure|function)\s+(?:body\s+)?(?<name>[\w.]+)/iu),
  ],
  [
    "do ado",
    lines(
      "Stata",
      { line: ["*", "//"], block: ["/*", "*/"] },
      /^(?<kind>program)\s+(?:define\s+)?(?<name>\w+)/u,
    ),
  ],
  [
    "sas",
    lines(
      "SAS",
      { line: ["*"], block: ["/*", "*/"] },
      /^(?<kind>data|proc|%macro)\s+(?<name>[\w.]+)/iu,
    ),
  ],
  ["cob cbl", lines("COBOL", { line: ["*"] })],
];
