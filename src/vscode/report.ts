import { commands, window, type LogOutputChannel } from "vscode";
import { isAbort, isContextError, messageOf, type ContextErrorCode } from "../core/errors.ts";
import type { CommandId } from "./names.ts";

/** A button or row that helps. */
export interface WayOut {
  readonly title: string;
  readonly command: CommandId | "workbench.trust.manage";
}

const setKey: WayOut = { title: "Set API Key", command: "satchel.setApiKey" };
const showLog: WayOut = { title: "Show Log", command: "satchel.showLog" };
const refresh: WayOut = { title: "Refresh", command: "satchel.refresh" };

const rebuild: WayOut = { title: "Rebuild Store…", command: "satchel.rebuildStore" };

const manageTrust: WayOut = { title: "Manage Trust", command: "workbench.trust.manage" };

/** What a person can do about each kind of failure, beside reading its sentence. */
const waysOut = {
  "key-missing": setKey,
  "key-rejected": setKey,
  "quota-exceeded": undefined,
  "provider-busy": undefined,
  "provider-unreachable": showLog,
  "provider-rejected": showLog,
  "provider-file-gone": refresh,
  "response-malformed": showLog,
  "upload-unfinished": undefined,
  "upload-capped": undefined,
  "file-missing": refresh,
  "file-unreadable": undefined,
  "file-changing": undefined,
  "file-empty": undefined,
  "file-too-large": undefined,
  "file-not-regular": undefined,
  "file-not-local": undefined,
  "file-outside": undefined,
  "file-unwritable": undefined,
  "content-missing": refresh,
  "content-damaged": refresh,
  "archive-invalid": undefined,
  "file-context-invalid": undefined,
  "finding-empty": undefined,
  "session-missing": undefined,
  "store-unavailable": showLog,
  "store-damaged": rebuild,
  "store-read-only": showLog,
  "store-newer": undefined,
  "tokenizer-unavailable": showLog,
  "workspace-untrusted": manageTrust,
  "window-too-small": undefined,
} satisfies Record<ContextErrorCode, WayOut | undefined>;

/** Shows failures to the user: the one place where errors become messages. */
export interface Report {
  /** Shows an error with its way out. Cancelled operations are passed over. */
  error(error: unknown): void;
  /** What a person can do about an error, beside reading its sentence; undefined if there is nothing. */
  wayOut(error: unknown): WayOut | undefined;
  /** Logs what happened without disturbing anybody. */
  readonly log: LogOutputChannel;
}

export function createReport(log: LogOutputChannel): Report {
  return {
    log,
    wayOut,
    error(error) {
      if (isAbort(error)) return;
      log.error(isContextError(error) ? `${error.code}: ${error.message}` : describeDefect(error));
      const sentence = isContextError(error)
        ? error.message
        : `Satchel met an unexpected problem: ${messageOf(error)}`;
      void show(sentence, wayOut(error));
    },
  };
}

function wayOut(error: unknown): WayOut | undefined {
  return isContextError(error) ? waysOut[error.code] : showLog;
}

async function show(sentence: string, way: WayOut | undefined): Promise<void> {
  const choice = await window.showErrorMessage(sentence, ...(way ? [way.title] : []));
  if (way && choice === way.title) await commands.executeCommand(way.command);
}

function describeDefect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
