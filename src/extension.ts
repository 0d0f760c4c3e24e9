import { access } from "node:fs/promises";
import { join } from "node:path";
import { chat, lm, Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import { createDigester } from "./digests/digester.ts";
import type { OperationLog } from "./core/ports/operation-log.ts";
import type { Watcher } from "./core/ports/watcher.ts";
import { providerCatalog } from "./providers/catalog.ts";
import { contextFilePath } from "./store/context-file.ts";
import { createContents } from "./store/contents.ts";
import { createFolder } from "./store/folder.ts";
import { createRegistry } from "./store/registry.ts";
import { createUpkeep } from "./store/upkeep/upkeep.ts";
import { createWatcher } from "./store/watcher.ts";
import { createTexts } from "./texts/texts.ts";
import { createTokenCounter } from "./tokens/token-counter.ts";
import { addToSession, tellFailures } from "./vscode/add.ts";
import { ActiveSession } from "./vscode/active-session.ts";
import { createBills } from "./vscode/chat/bills.ts";
import { createParticipant } from "./vscode/chat/participant.ts";
import { createModels } from "./vscode/chat/models.ts";
import { archiveCommands } from "./vscode/commands/archives.ts";
import { digestCommands } from "./vscode/commands/digests.ts";
import { downloadCommands } from "./vscode/commands/downloads.ts";
import { fileCommands } from "./vscode/commands/files.ts";
import { operationCommands } from "./vscode/commands/operations.ts";
import { fileContextCommands } from "./vscode/commands/file-context.ts";
import { keyCommands } from "./vscode/commands/keys.ts";
import { phaseCommands } from "./vscode/commands/phases.ts";
import { reconcileCommands } from "./vscode/commands/reconcile.ts";
import { registerCommands, type CommandHandlers } from "./vscode/commands/register.ts";
import { requestCommands } from "./vscode/commands/requests.ts";
import { sessionCommands } from "./vscode/commands/sessions.ts";
import { storeCommands } from "./vscode/commands/store.ts";
import { trashCommands } from "./vscode/commands/trash.ts";
import { uploadCommands } from "./vscode/commands/uploads.ts";
import { Connections } from "./vscode/connections.ts";
import { keepHouse } from "./vscode/housekeeping.ts";
import { createOperationDocuments } from "./vscode/operation-documents.ts";
import { createOperations } from "./vscode/operations.ts";
import { showPack } from "./vscode/pack.ts";
import { createReportDocuments } from "./vscode/report-documents.ts";
import type { Parts } from "./vscode/parts.ts";
import { createReport } from "./vscode/report.ts";
import { createKeys } from "./vscode/secrets.ts";
import { createDropController } from "./vscode/tree/drop.ts";
import { createTree, type Tree } from "./vscode/tree/tree.ts";

/** Puts Satchel together. Nothing here reads, writes or starts anything: every part begins its work when it is first used. */
export function activate(context: ExtensionContext): void {
  const parts = createParts(context);
  const { connections, report } = parts;
  const folder = context.globalStorageUri.fsPath;
  const tree = createTree(
    parts,
    createDropController((uris) => addDropped(parts, uris)),
  );
  context.subscriptions.push(
    tree,
    registerCommands(commandsOf(parts, tree, folder), report),
    createOperationDocuments(parts.operations.log),
    createReportDocuments(),
    ...createChat(context, parts),
    keepHouse(parts, () => isThere(folder)),
    workspace.onDidGrantWorkspaceTrust(() => connections.settingsChanged()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("satchel")) connections.settingsChanged();
    }),
  );
}

/** What each command does. */
function commandsOf(parts: Parts, tree: Tree, folder: string): CommandHandlers {
  return {
    ...fileCommands(parts),
    ...uploadCommands(parts),
    ...digestCommands(parts),
    ...downloadCommands(parts),
    ...reconcileCommands(parts),
    ...sessionCommands(parts),
    ...keyCommands(parts),
    ...operationCommands(parts),
    ...phaseCommands(parts),
    ...requestCommands(parts),
    ...trashCommands(parts),
    ...storeCommands(parts),
    ...archiveCommands(parts),
    ...fileContextCommands(parts, (id) => contextFilePath(folder, id)),
    "satchel.showMore": () => tree.showMore(),
    "satchel.showPack": () => showPack(parts),
    "satchel.showLog": async () => parts.report.log.show(),
  };
}

/** Some editors built on VS Code have no chat: there the tree and the commands do the work alone. */
function createChat({ extensionUri }: ExtensionContext, parts: Parts): readonly Disposable[] {
  const hasChat = typeof chat?.createChatParticipant === "function";
  const hasModels = typeof lm?.registerLanguageModelChatProvider === "function";
  return [
    ...(hasChat ? [createParticipant(parts, Uri.joinPath(extensionUri, "media", "icon.png"))] : []),
    ...(hasModels ? [createModels(parts)] : []),
  ];
}

/** The parts that the faces work with. */
function createParts(context: ExtensionContext): Parts {
  const { globalState, globalStorageUri, secrets, workspaceState } = context;
  const log = window.createOutputChannel("Satchel", { log: true });
  const report = createReport(log);
  const machine = createMachine(context, (error) => log.warn(String(error)));
  const localFolder = createFolder(join(globalStorageUri.fsPath, "local-provider"));
  const connections = new Connections(
    providerCatalog({ localFolder }),
    createKeys(secrets),
    globalState,
    (sentence) => log.warn(sentence),
  );
  const operations = createOperations(machine.registry, log);
  const active = new ActiveSession({ ...machine, workspaceState, operations, report });
  context.subscriptions.push(log, active, { dispose: () => void machine.close() });
  return { ...machine, active, bills: createBills(), connections, operations, report };
}

type Machine = Pick<
  Parts,
  | "registry"
  | "copies"
  | "phases"
  | "upkeep"
  | "contents"
  | "archives"
  | "digester"
  | "tokens"
  | "ledger"
  | "differ"
  | "search"
  | "extracted"
> & { readonly registry: OperationLog; readonly watcher: Watcher; close(): Promise<void> };

/** What works on this machine's files outside of the extension host, each part knowing where its own are. */
function createMachine(context: ExtensionContext, onError: (error: unknown) => void): Machine {
  const bundle = (name: string): string => join(context.extensionPath, "dist", name);
  const folder = context.globalStorageUri.fsPath;
  const registry = createRegistry({ thread: bundle("registry-thread.cjs"), folder });
  const contents = createContents({ thread: bundle("contents-thread.cjs"), folder });
  const digester = createDigester({ process: bundle("digests-process.cjs") });
  const tokens = createTokenCounter({
    thread: bundle("tokens-thread.cjs"),
    wasm: bundle("tiktoken_bg.wasm"),
    ranks: bundle("o200k_base.json"),
  });
  const texts = createTexts({ thread: bundle("texts-thread.cjs") });
  const watcher = createWatcher(onError);
  const upkeep = createUpkeep({ folder, rows: registry, files: contents });
  const store = { registry, copies: registry, phases: registry, ledger: registry, upkeep };
  const extracted = createFolder(join(folder, "extracted"));
  const reading = { digester, tokens, differ: texts, search: texts };
  const files = { contents, archives: contents, ...reading, extracted, watcher };
  return {
    ...store,
    ...files,
    async close() {
      await Promise.all(
        [registry, contents, digester, texts, tokens, watcher].map((part) => part.close()),
      );
    },
  };
}

async function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}

async function addDropped(parts: Parts, uris: readonly string[]): Promise<void> {
  try {
    tellFailures(parts, await addToSession(parts, uris, parts.operations.command("drop")));
  } catch (error) {
    parts.report.error(error);
  }
}
