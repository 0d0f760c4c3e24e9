import { commands, Disposable } from "vscode";
import { commandIds, type CommandId } from "../names.ts";
import type { Report } from "../report.ts";

/** What runs when a command is called. Arguments come from menus and are checked by the handler. */
export type CommandHandlers = Record<CommandId, (...args: unknown[]) => Promise<void>>;

/** Registers all commands: each is awaited, and its failure is shown in the one place for that. */
export function registerCommands(handlers: CommandHandlers, report: Report): Disposable {
  const registrations = commandIds.map((id) =>
    commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await handlers[id](...args);
      } catch (error) {
        report.error(error);
      }
    }),
  );
  return Disposable.from(...registrations);
}
