import { LanguageModelError } from "vscode";
import type { PreparedRequest } from "../../core/context/prepare.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import type { Provider } from "../../core/ports/provider.ts";
import type { Parts } from "../parts.ts";
import { uploadOne } from "../upload-file.ts";

/** An answer that failed because the model was told of an upload that its provider has dropped. */
class StaleReference extends Error {
  readonly request: PreparedRequest;

  constructor(request: PreparedRequest, cause: unknown) {
    super("A file of the request is gone at the provider", { cause });
    this.request = request;
  }
}

/** The error as it is to be thrown on: named, if the request may have told of an upload that is gone. */
export function namedIfStale(error: unknown, request: PreparedRequest): unknown {
  const isStale =
    error instanceof LanguageModelError &&
    error.code === LanguageModelError.NotFound.name &&
    request.kept.some(({ kind }) => kind === "reference");
  return isStale ? new StaleReference(request, error) : error;
}

/** The request that failed for an upload that is gone; undefined if it failed for something else. */
export function staleReference(error: unknown): PreparedRequest | undefined {
  return error instanceof StaleReference ? error.request : undefined;
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
