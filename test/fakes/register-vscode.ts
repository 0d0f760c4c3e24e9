/** Import this before code that imports `vscode`: it gets the fake. */
import { registerHooks } from "node:module";

const fake = new URL("./vscode.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "vscode" ? { url: fake, shortCircuit: true } : next(specifier, context),
});
