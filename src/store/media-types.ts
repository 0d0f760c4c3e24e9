import { mimes } from "mrmime";

// What mrmime lacks, or takes for something else: it knows `.ts` as a video and `.rs` as a service description.
const textTypes: Readonly<Record<string, string>> = {
  ...family("text/typescript", "ts tsx mts cts"),
  ...family("text/javascript", "js jsx mjs cjs"),
  ...family("text/x-python", "py pyi pyw"),
  ...family("text/x-rust", "rs"),
  ...family("text/x-go", "go mod"),
  ...family("text/x-java", "java"),
  ...family("text/x-kotlin", "kt kts"),
  ...family("text/x-scala", "scala sc"),
  ...family("text/x-groovy", "groovy gradle"),
  ...family("text/x-c", "c h"),
  ...family("text/x-c++", "cc cpp cxx hh hpp hxx"),
  ...family("text/x-csharp", "cs csx"),
  ...family("text/x-fsharp", "fs fsx fsi"),
  ...family("text/x-objective-c", "m mm"),
  ...family("text/x-swift", "swift"),
  ...family("text/x-ruby", "rb rake gemspec"),
  ...family("text/x-php", "php phtml"),
  ...family("text/x-perl", "pl pm"),
  ...family("text/x-lua", "lua"),
  ...family("text/x-r", "r rmd"),
  ...family("text/x-julia", "jl"),
  ...family("text/x-haskell", "hs lhs"),
  ...family("text/x-elixir", "ex exs"),
  ...family("text/x-erlang", "erl hrl"),
  ...family("text/x-clojure", "clj cljs cljc edn"),
  ...family("text/x-lisp", "lisp el scm rkt"),
  ...family("text/x-ocaml", "ml mli"),
  ...family("text/x-dart", "dart"),
  ...family("text/x-zig", "zig"),
  ...family("text/x-fortran", "f f90 f95 f03"),
  ...family("text/x-sh", "sh bash zsh fish ksh"),
  ...family("text/x-powershell", "ps1 psm1 psd1"),
  ...family("text/x-bat", "bat cmd"),
  ...family("text/x-sql", "sql"),
  ...family("text/x-scss", "scss sass"),
  ...family("text/x-vue", "vue"),
  ...family("text/x-svelte", "svelte"),
  ...family("text/x-protobuf", "proto"),
  ...family("text/x-graphql", "graphql gql"),
  ...family("text/x-terraform", "tf tfvars hcl"),
  ...family("text/x-asm", "asm s"),
  ...family("text/x-tex", "tex sty bib"),
  ...family("text/x-rst", "rst"),
  ...family("text/x-diff", "diff patch"),
  ...family("text/markdown", "md mdx markdown"),
  ...family("application/x-ndjson", "jsonl ndjson"),
  ...family("application/x-ipynb+json", "ipynb"),
  ...family("text/plain", "cfg conf env properties ini log txt"),
};

const binaryTypes: Readonly<Record<string, string>> = {
  ...family("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
  ...family("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
  ...family("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
  ...family("application/msword", "doc"),
  ...family("application/vnd.ms-excel", "xls"),
  ...family("application/vnd.ms-powerpoint", "ppt"),
  ...family("application/vnd.oasis.opendocument.text", "odt"),
  ...family("application/vnd.oasis.opendocument.spreadsheet", "ods"),
  ...family("application/vnd.apache.parquet", "parquet"),
  ...family("application/vnd.apache.arrow.file", "arrow feather"),
  ...family("application/vnd.sqlite3", "sqlite sqlite3 db"),
  ...family("application/x-hdf5", "h5 hdf5"),
  ...family("application/x-netcdf", "nc"),
  ...family("application/x-tar", "tar"),
  ...family("application/x-7z-compressed", "7z"),
  ...family("image/heic", "heic"),
};

const names: Readonly<Record<string, string>> = {
  dockerfile: "text/x-dockerfile",
  containerfile: "text/x-dockerfile",
  makefile: "text/x-makefile",
  gnumakefile: "text/x-makefile",
};

/** The media type of a file with this name; what its bytes are decides between the meanings that one ending has. */
export function mediaTypeOf(name: string, isText: boolean): string {
  const lower = name.toLowerCase();
  const ending = lower.slice(lower.lastIndexOf(".") + 1);
  if (!isText)
    return find(binaryTypes, ending) ?? find(mimes, ending) ?? "application/octet-stream";
  const known = find(names, lower) ?? find(textTypes, ending) ?? find(mimes, ending);
  // A text whose ending belongs to a sound or a film is neither.
  return known === undefined || /^(?:audio|video|font)\//u.test(known) ? "text/plain" : known;
}

function find(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function family(mediaType: string, endings: string): Record<string, string> {
  return Object.fromEntries(endings.split(" ").map((ending) => [ending, mediaType]));
}
