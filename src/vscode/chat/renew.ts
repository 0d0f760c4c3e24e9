import { LanguageModelError } from "vscode";
import type { PreparedRequest } from "../../core/context/prepare.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import type { Provider } from "../../core/ports/provider.ts";
import type { Parts } from "../parts.ts";
import { uploadOne } from "../upload-file.ts";

/** True if a model was told of an upload that its provider has dropped. */
export function isStaleReference(error: unknown, { kept }: PreparedRequest): boolean {
  return (
    error instanceof LanguageModelError &&
    error.code === LanguageModelError.NotFound.name &&
    kept.some(({ kind }) => kind === "reference")
  );
}

/** Looks up at the provider what a request refers to, and uploads again what is gone there. */
export async function renewReferences(
  parts: Parts,
  { provider, run }: { readonly provider: Provider; readonly run: RunOperation },
  { kept }: PreparedRequest,
  signal: AbortSignal,
): Promise<void> {
  for (const { kind, view } of kept) {
    if (kind !== "reference") continue;
    for (const { id, state } of view.providerFiles) {
      // Not relied on without another look.
      if (state === "ready") await parts.registry.changeUpload(id, { verifiedAt: 0 });
    }
    const result = await uploadOne({ ...parts, provider, run }, view.file, signal);
    if (result.kind === "failed") throw result.error;
  }
}
