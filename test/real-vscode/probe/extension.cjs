/** The extension that the driver is tried on: one of each thing that the driver can reach. */
const vscode = require("vscode");

const rows = [
  {
    label: "alpha.txt",
    description: "1 KB",
    tooltip: "The first file",
    children: [{ label: "part one", description: "" }],
  },
  { label: "beta.txt", description: "2 KB", tooltip: "The second file" },
];
const rowsChanged = new vscode.EventEmitter();
const modelsChanged = new vscode.EventEmitter();

function addRow(uri) {
  rows.push({ label: uri.path.split("/").pop(), description: "added" });
  rowsChanged.fire();
}

function describeRow(row, description) {
  row.description = description;
  rowsChanged.fire();
}

async function askEverything() {
  const color = await vscode.window.showQuickPick(["red", "green"], { title: "Pick a color" });
  const sizes = await vscode.window.showQuickPick(
    [{ label: "small", picked: true }, { label: "medium" }, { label: "large" }],
    { title: "Pick sizes", canPickMany: true },
  );
  const name = await vscode.window.showInputBox({
    title: "Name it",
    validateInput: (value) => (value === "" ? "It needs a name" : undefined),
  });
  const text = `${name}: ${color}, ${sizes.map((size) => size.label).join(" and ")}`;
  const button = await vscode.window.showInformationMessage(text, "Keep", "Forget");
  await vscode.window.showWarningMessage(`${button} it`);
}

async function forget() {
  const detail = "This cannot be undone.";
  const button = await vscode.window.showWarningMessage(
    "Forget all?",
    { modal: true, detail },
    "Forget",
  );
  await vscode.window.showInformationMessage(`Chosen: ${button}`);
}

async function answer(request, _context, stream) {
  if (request.prompt === "fail") return { errorDetails: { message: "The probe failed" } };
  stream.progress("Thinking");
  stream.markdown(`You said **${request.prompt}**.\n\n\`\`\`js\nlet a = 1;\n\`\`\`\n`);
  const [folder] = vscode.workspace.workspaceFolders;
  stream.reference(vscode.Uri.joinPath(folder.uri, "notes.md"));
  stream.button({ command: "probe.forget", title: "Forget all" });
  return {};
}

const dragAndDropController = {
  dropMimeTypes: ["text/uri-list"],
  dragMimeTypes: [],
  handleDrop: async (_row, data) => {
    const list = await data.get("text/uri-list").asString();
    for (const line of list.split("\r\n")) addRow(vscode.Uri.parse(line));
  },
};

const treeDataProvider = {
  onDidChangeTreeData: rowsChanged.event,
  getChildren: (row) => (row === undefined ? rows : row.children),
  getTreeItem: ({ children, ...item }) => ({
    ...item,
    contextValue: "row",
    collapsibleState: children === undefined ? 0 : 1,
  }),
};

const model = {
  id: "echo",
  name: "Echo",
  family: "echo",
  version: "1",
  maxInputTokens: 1_000,
  maxOutputTokens: 1_000,
  // Without tool calling VS Code does not offer a model in its default mode, and chat has no model at all.
  capabilities: { toolCalling: true },
};

const modelProvider = {
  onDidChangeLanguageModelChatInformation: modelsChanged.event,
  provideLanguageModelChatInformation: () => [model],
  provideLanguageModelChatResponse: () => {},
  provideTokenCount: () => 1,
};

exports.activate = ({ subscriptions }) => {
  const register = vscode.commands.registerCommand;
  const participant = vscode.chat.createChatParticipant("probe.chat", answer);
  participant.followupProvider = {
    provideFollowups: () => [{ prompt: "more", label: "Say more" }],
  };
  const view = vscode.window.createTreeView("probe.rows", {
    treeDataProvider,
    dragAndDropController,
  });
  view.message = "Two files";
  subscriptions.push(
    participant,
    view,
    register("probe.ask", askEverything),
    register("probe.forget", forget),
    register("probe.add", addRow),
    register("probe.mark", (row) => describeRow(row, "marked")),
    register("probe.pin", (row) => describeRow(row, "pinned")),
    vscode.lm.registerLanguageModelChatProvider("probe", modelProvider),
  );
  // VS Code does not ask a new provider for its models by itself.
  modelsChanged.fire();
};
