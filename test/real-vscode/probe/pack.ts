import { execFile } from "node:child_process";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const manifest = {
  name: "probe",
  displayName: "Probe",
  publisher: "satchel",
  version: "1.0.0",
  license: "MIT",
  engines: { vscode: "^1.106.0" },
  main: "./extension.cjs",
  activationEvents: ["onStartupFinished"],
  contributes: {
    viewsContainers: { activitybar: [{ id: "probe", title: "Probe", icon: "$(beaker)" }] },
    views: { probe: [{ id: "probe.rows", name: "Rows" }] },
    commands: [
      { command: "probe.ask", category: "Probe", title: "Ask Everything" },
      { command: "probe.forget", category: "Probe", title: "Forget All" },
      { command: "probe.add", title: "Add to Probe" },
      { command: "probe.mark", title: "Mark Row" },
      { command: "probe.pin", title: "Pin Row", icon: "$(pin)" },
    ],
    menus: {
      "view/item/context": [
        { command: "probe.mark", when: "viewItem == row" },
        { command: "probe.pin", when: "viewItem == row", group: "inline" },
      ],
      "explorer/context": [{ command: "probe.add" }],
      "editor/title/context": [{ command: "probe.add" }],
    },
    chatParticipants: [{ id: "probe.chat", name: "probe", fullName: "Probe", description: "Echo" }],
    languageModelChatProviders: [{ vendor: "probe", displayName: "Probe" }],
  },
};

/** Packs the probe extension below `folder` and gives the path of the VSIX; a broken one throws when it is activated. */
export async function packProbe(
  folder: string,
  { broken = false }: { broken?: boolean } = {},
): Promise<string> {
  const cwd = await mkdtemp(join(folder, "probe-"));
  const packagePath = join(cwd, "probe.vsix");
  await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
  if (broken) {
    await writeFile(
      join(cwd, "extension.cjs"),
      'exports.activate = () => { throw new Error("broken probe"); };\n',
    );
  } else {
    await cp(join(import.meta.dirname, "extension.cjs"), join(cwd, "extension.cjs"));
  }
  const vsce = fileURLToPath(new URL("vsce", import.meta.resolve("@vscode/vsce/package.json")));
  const flags = ["--no-dependencies", "--allow-missing-repository", "--skip-license"];
  await promisify(execFile)(process.execPath, [vsce, "package", ...flags, "--out", packagePath], {
    cwd,
  });
  return packagePath;
}
