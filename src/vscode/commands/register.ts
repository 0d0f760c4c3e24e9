import { commands, Disposable } from "vscode";
import { commandIds, type CommandId } from "../names.ts";
import type { Report } from "../report.ts";

/** What runs when a command is called. Arguments come from menus and are checked by the handler; a result is for who calls it by its id. */
export type CommandHandlers = Record<CommandId, (...args: unknown[]) => Promise<unknown>>;

/** Registers all commands: each is awaited, and its failure is shown in the one place for that. */
export function registerCommands(handlers: CommandHandlers, report: Report): Disposable {
  const registrations = commandIds.map((id) =>
    commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await handlers[id](...args);
      } catch (error) {
        report.error(error);
        return undefined;
      }
    }),
  );
  return Disposable.from(...registrations);
}
