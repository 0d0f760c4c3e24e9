import { join } from "node:path";
import { chat, lm, Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import { providerCatalog } from "./providers/catalog.ts";
import { createContents } from "./store/contents.ts";
import { createFolder } from "./store/folder.ts";
import { createRegistry } from "./store/registry.ts";
import { createWatcher } from "./store/watcher.ts";
import { createTokenCounter } from "./tokens/token-counter.ts";
import { addToSession, tellFailures } from "./vscode/add.ts";
import { ActiveSession } from "./vscode/active-session.ts";
import { createParticipant } from "./vscode/chat/participant.ts";
import { createModels } from "./vscode/chat/models.ts";
import { fileCommands } from "./vscode/commands/files.ts";
import { keyCommands } from "./vscode/commands/keys.ts";
import { registerCommands } from "./vscode/commands/register.ts";
import { sessionCommands } from "./vscode/commands/sessions.ts";
import { uploadCommands } from "./vscode/commands/uploads.ts";
import { Connections } from "./vscode/connections.ts";
import { showPack } from "./vscode/pack.ts";
import type { Parts } from "./vscode/parts.ts";
import { createReport } from "./vscode/report.ts";
import { createKeys } from "./vscode/secrets.ts";
import { createDropController } from "./vscode/tree/drop.ts";
import { createTree } from "./vscode/tree/tree.ts";

/** Puts Satchel together. Nothing here reads, writes or starts anything: every part begins its work when it is first used. */
export function activate(context: ExtensionContext): void {
  const parts = createParts(context);
  const { active, connections, report } = parts;
  context.subscriptions.push(
    createTree(
      active,
      createDropController((uris) => addDropped(parts, uris)),
      report,
    ),
    registerCommands(
      {
        ...fileCommands(parts),
        ...uploadCommands(parts),
        ...sessionCommands(parts),
        ...keyCommands(parts),
        "satchel.showPack": () => showPack(parts),
        "satchel.showLog": async () => report.log.show(),
      },
      report,
    ),
    ...createChat(context, parts),
    workspace.onDidGrantWorkspaceTrust(() => connections.settingsChanged()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("satchel")) connections.settingsChanged();
    }),
  );
}

/** Some editors built on VS Code have no chat: there the tree and the commands do the work alone. */
function createChat({ extensionUri }: ExtensionContext, parts: Parts): readonly Disposable[] {
  const hasChat = typeof chat?.createChatParticipant === "function";
  const hasModels = typeof lm?.registerLanguageModelChatProvider === "function";
  return [
    ...(hasChat ? [createParticipant(parts, Uri.joinPath(extensionUri, "media", "icon.png"))] : []),
    ...(hasModels ? [createModels(parts.connections, parts.tokens)] : []),
  ];
}

/** The parts that the faces work with, each knowing where on this machine its files are. */
function createParts(context: ExtensionContext): Parts {
  const bundle = (name: string): string => join(context.extensionPath, "dist", name);
  const folder = context.globalStorageUri.fsPath;
  const log = window.createOutputChannel("Satchel", { log: true });
  const report = createReport(log);
  const registry = createRegistry({ thread: bundle("registry-thread.cjs"), folder });
  const contents = createContents({ thread: bundle("contents-thread.cjs"), folder });
  const tokens = createTokenCounter({
    thread: bundle("tokens-thread.cjs"),
    wasm: bundle("tiktoken_bg.wasm"),
    ranks: bundle("o200k_base.json"),
  });
  const watcher = createWatcher((error) => log.warn(String(error)));
  const catalog = providerCatalog({ localFolder: createFolder(join(folder, "local-provider")) });
  const connections = new Connections(catalog, createKeys(context.secrets), context.globalState);
  const { workspaceState } = context;
  const active = new ActiveSession({ registry, contents, tokens, watcher, workspaceState, report });
  const close = async (): Promise<void> => {
    await Promise.all([registry.close(), contents.close(), tokens.close(), watcher.close()]);
  };
  context.subscriptions.push(log, active, { dispose: () => void close() });
  return { registry, contents, tokens, active, connections, report };
}

async function addDropped(parts: Parts, uris: readonly string[]): Promise<void> {
  try {
    tellFailures(parts, await addToSession(parts, uris));
  } catch (error) {
    parts.report.error(error);
  }
}
