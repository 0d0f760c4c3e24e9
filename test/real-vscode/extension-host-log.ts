import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Errors that say nothing about an extension: each comes from how VS Code is installed or driven here. */
const harmless: readonly RegExp[] = [
  // The window before this one has not let go of the same workspace yet, as after a reload.
  /EEXIST: file already exists, open '.*vscode\.lock'/,
  // A window that closes cancels what it was asked for.
  / \[error\] Unable to refresh tree view \S+: Canceled\n$/u,
];

const entryStart = /^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[)/m;

/** The text of all log files below `logs` that match, oldest window first. */
export async function readLogs(logs: string, pattern: string): Promise<string> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: logs })) files.push(file);
  const texts = files.toSorted().map((file) => readFile(join(logs, file), "utf8"));
  return (await Promise.all(texts)).join("");
}

/** The entries of level error, each with its stack. */
export function errorsIn(log: string): readonly string[] {
  return log
    .split(entryStart)
    .filter((entry) => entry.includes(" [error] "))
    .filter((entry) => !harmless.some((pattern) => pattern.test(entry)));
}
