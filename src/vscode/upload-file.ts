import { isContextError, type ContextError, type ContextErrorCode } from "../core/errors.ts";
import { uploadFile, type UploadOutcome } from "../core/files/upload.ts";
import type { OperationFacts, RunOperation } from "../core/operations/run.ts";
import type { Provider } from "../core/ports/provider.ts";
import type { SessionFile } from "../core/session/session.ts";
import { confirmSecret } from "./confirm.ts";
import type { Parts } from "./parts.ts";
import { readSettings } from "./settings.ts";
import { uploadPartsFor } from "./upload-parts.ts";

/** What became of one file that was to be uploaded. */
export type UploadResult =
  | UploadOutcome
  | { readonly kind: "failed"; readonly error: ContextError };

export interface UploadingParts extends Parts {
  readonly provider: Provider;
  readonly run: RunOperation;
}

/** Uploads a file with the user's settings, as a logged operation. */
export async function uploadOne(
  { provider, run, ...parts }: UploadingParts,
  file: SessionFile,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { maxBytes, lifetime, caps } = readSettings();
  const { name, provider: providerId } = provider.account;
  const confirm = confirmSecret("Upload", `to ${name}`);
  const { sessionId, uri } = file;
  try {
    return await run(
      { kind: "upload", sessionId, uri, provider: providerId },
      async (operation) => {
        const newId = (): string => operation.id;
        const onRetry = (code: ContextErrorCode): Promise<void> => operation.retry(code);
        const own = { ...uploadPartsFor(parts, provider), confirm, newId, onRetry };
        const outcome = await uploadFile(own, file, { maxBytes, lifetime, caps }, signal);
        operation.tell(factsOf(outcome));
        return outcome;
      },
    );
  } catch (error) {
    if (isContextError(error)) return { kind: "failed", error };
    throw error;
  }
}

function factsOf(outcome: UploadOutcome): OperationFacts {
  switch (outcome.kind) {
    case "uploaded":
      return { contentId: outcome.upload.contentId, bytes: outcome.bytes };
    case "already":
      return { kind: "dedup", contentId: outcome.upload.contentId };
    case "declined":
      return { errorCode: "cancelled" };
  }
}
