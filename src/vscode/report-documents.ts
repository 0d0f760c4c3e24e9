import { commands, EventEmitter, Uri, window, workspace, type Disposable } from "vscode";
import { reportScheme } from "./names.ts";

const texts = new Map<string, string>();
const changed = new EventEmitter<Uri>();

/** Read-only documents that say in Markdown what a command found. They live as long as the window. */
export function createReportDocuments(): Disposable {
  return workspace.registerTextDocumentContentProvider(reportScheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: ({ path }) => texts.get(path) ?? "",
  });
}

/** Shows a report, rendered where VS Code can do that. Another of the same title takes its place. */
export async function showReport(title: string, markdown: string): Promise<void> {
  const path = `/${title}.md`;
  texts.set(path, markdown);
  const address = Uri.from({ scheme: reportScheme, path });
  changed.fire(address);
  try {
    await commands.executeCommand("markdown.showPreview", address);
  } catch {
    // An editor without the built-in Markdown extension.
    await window.showTextDocument(await workspace.openTextDocument(address));
  }
}
