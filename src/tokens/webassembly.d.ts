/** The part of WebAssembly's types that the declarations of `tiktoken` name; neither `lib.es2024` nor `@types/node` has it. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  interface WebAssemblyInstantiatedSource {
    readonly instance: Instance;
  }
  function instantiate(bytes: Uint8Array, imports: Imports): Promise<WebAssemblyInstantiatedSource>;
}
