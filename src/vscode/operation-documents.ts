import { EventEmitter, Uri, window, workspace, type Disposable } from "vscode";
import { fileName } from "../core/operations/describe.ts";
import { jsonLines } from "../core/operations/json-lines.ts";
import type { OperationEvent } from "../core/operations/operation.ts";
import type { OperationLog } from "../core/ports/operation-log.ts";
import { operationScheme } from "./names.ts";

const opened = new EventEmitter<Uri>();

/** Read-only documents with the events of one operation, oldest first. They are made from the log each time that they are opened. */
export function createOperationDocuments(log: OperationLog): Disposable {
  return workspace.registerTextDocumentContentProvider(operationScheme, {
    // A document that is open already would be shown as it was.
    onDidChange: opened.event,
    provideTextDocumentContent: async ({ query: id }) =>
      jsonLines((await log.operations({ id })).toReversed()),
  });
}

/** Shows all events of the operation that an event belongs to. */
export async function openOperation({ id, kind, uri }: OperationEvent): Promise<void> {
  const name = [kind, ...(uri === undefined ? [] : [fileName(uri)]), id.slice(0, 8)].join(" ");
  const address = Uri.from({ scheme: operationScheme, path: `/${name}.jsonl`, query: id });
  opened.fire(address);
  await window.showTextDocument(await workspace.openTextDocument(address));
}
