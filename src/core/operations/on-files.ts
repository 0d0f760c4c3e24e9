import type { SessionFile } from "../session/session.ts";
import type { OperationKind } from "./operation.ts";
import type { RunOperation } from "./run.ts";

/** Runs work on files of one session as one operation, in which each file is named. Without files there is nothing to do. */
export async function runOnFiles(
  run: RunOperation,
  kind: OperationKind,
  files: readonly SessionFile[],
  work: () => Promise<void>,
): Promise<void> {
  const [first] = files;
  if (!first) return;
  const uri = files.length === 1 ? first.uri : undefined;
  await run({ kind, sessionId: first.sessionId, uri }, async (operation) => {
    for (const file of files) operation.file({ uri: file.uri });
    await work();
  });
}
