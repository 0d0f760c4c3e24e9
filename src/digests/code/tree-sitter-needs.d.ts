/** What the runtime of grammars is started with. */
export interface RuntimeOptions {
  locateFile(name: string): string;
}

declare global {
  /** The types of the package `web-tree-sitter` name it. */
  interface EmscriptenModule extends RuntimeOptions {}

  namespace WebAssembly {
    interface Module {}
  }
}
