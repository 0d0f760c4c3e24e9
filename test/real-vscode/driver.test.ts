import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { packProbe } from "./probe/pack.ts";
import { type VsCodeServer, startVsCode } from "./server.ts";
import { waitUntil } from "./wait.ts";
import { type Workbench, openWorkbench } from "./workbench.ts";

const notes = `# Notes\n${"a line with é, 漢字 and 🎒\n".repeat(7_000)}\n\n`;

describe("the driver of a real VS Code", { timeout: 120_000 }, () => {
  let folder: string;
  let browser: Browser;
  let server: VsCodeServer;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "driver-test-"));
    await mkdir(join(folder, "workspace"));
    await writeFile(join(folder, "workspace", "notes.md"), notes);
    await writeFile(join(folder, "workspace", "table.csv"), "a,b\r\n1,2\r\n");
    browser = await launchBrowser();
    server = await startVsCode({
      vsix: await packProbe(folder),
      workspace: join(folder, "workspace"),
    });
    workbench = await openWorkbench(await browser.newContext(), server);
  });

  after(async () => {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test("answers quick picks, input boxes and notifications", async () => {
    const { quickInput, notifications } = workbench;
    await workbench.runCommand("Probe: Ask Everything");
    await quickInput.opened("Pick a color");
    assert.deepEqual(await quickInput.labels(), ["red", "green"]);
    await quickInput.pick("green");
    await quickInput.opened("Pick sizes");
    await quickInput.check(["medium", "large"]);
    await quickInput.opened("Name it");
    await quickInput.accept();
    await waitUntil("the refusal", async () => (await quickInput.message()) === "It needs a name");
    await quickInput.type("Ball");
    await quickInput.accept();
    assert.deepEqual(await notifications.appeared("Ball"), {
      severity: "info",
      text: "Ball: green, medium and large",
      buttons: ["Keep", "Forget"],
    });
    await notifications.click("Ball", "Keep");
    assert.equal((await notifications.appeared("Keep it")).severity, "warning");
    await notifications.dismiss("Keep it");
    await waitUntil("an empty corner", async () => (await notifications.all()).length === 0);
  });

  test("answers modal dialogs", async () => {
    await workbench.runCommand("Probe: Forget All");
    assert.equal(await workbench.dialog.text(), "Forget all?\nThis cannot be undone.");
    assert.deepEqual(await workbench.dialog.buttons(), ["Cancel", "Forget"]);
    await workbench.dialog.click("Forget");
    await workbench.notifications.dismiss("Chosen: Forget");
  });

  test("reads and works a tree", async () => {
    await workbench.openView("Probe");
    const tree = workbench.tree("Rows");
    assert.deepEqual(await tree.row("beta.txt"), {
      label: "beta.txt",
      description: "2 KB",
      spoken: "The second file, has actions",
      level: 1,
      expanded: undefined,
      checked: undefined,
    });
    await tree.expand("alpha.txt");
    assert.equal((await tree.row("part one")).level, 2);
    assert.match(await tree.tooltip("alpha.txt"), /The first file/);
    assert.equal(await tree.message(), "Two files");
    assert.deepEqual(await tree.menu("beta.txt"), ["Mark Row"]);
    await tree.choose("beta.txt", "Mark Row");
    await waitUntil("the mark", async () => (await tree.row("beta.txt")).description === "marked");
    await tree.act("beta.txt", "Pin Row");
    await waitUntil("the pin", async () => (await tree.row("beta.txt")).description === "pinned");
    await workbench.screenshot("driver-tree");
  });

  test("drags a file from the Explorer to a tree", async () => {
    await workbench.dragToView("table.csv", "Probe", "Rows");
    assert.equal((await workbench.tree("Rows").row("table.csv")).description, "added");
  });

  test("works the menus of the Explorer and of editor tabs", async () => {
    await workbench.openView("Explorer");
    await workbench.explorer.choose("table.csv", "Add to Probe");
    await workbench.editor.open(join(folder, "workspace", "notes.md"));
    await workbench.editor.chooseFromTab("notes.md", "Add to Probe");
    await workbench.openView("Probe");
    await workbench.tree("Rows").row("notes.md");
    const labels = (await workbench.tree("Rows").rows()).map((row) => row.label);
    assert.deepEqual(labels.slice(-3), ["table.csv", "table.csv", "notes.md"]);
  });

  test("reads an editor byte for byte", async () => {
    await workbench.editor.open(join(folder, "workspace", "notes.md"));
    assert.equal(await workbench.editor.text(), notes);
    await workbench.editor.open(join(folder, "workspace", "table.csv"));
    assert.equal(await workbench.editor.text(), "a,b\r\n1,2\r\n");
  });

  test("chats", async () => {
    await workbench.chat.startNew();
    const answer = await workbench.chat.ask("@probe hello");
    assert.equal(answer.text, "You said **hello**.\n\n```js\nlet a = 1;\n```\n\n\nForget all");
    assert.deepEqual(
      { ...answer, text: "" },
      { text: "", references: ["notes.md"], buttons: ["Forget all"], error: "" },
    );
    await workbench.screenshot("driver-chat");
    await workbench.chat.click("Forget all");
    await workbench.dialog.click("Cancel");
    assert.match((await workbench.chat.follow("Say more")).text, /You said \*\*more\*\*/);
    assert.equal((await workbench.chat.ask("@probe fail")).error, "The probe failed");
  });

  test("changes the theme and reloads", async () => {
    await workbench.useTheme("dark");
    await workbench.reload();
    await workbench.openView("Probe");
    await workbench.tree("Rows").row("alpha.txt");
    await workbench.screenshot("driver-dark");
  });

  test("finds no errors in a good extension host", async () => {
    assert.match(await server.extensionHostLogs(), /_doActivateExtension satchel\.probe/);
    assert.deepEqual(await server.extensionHostErrors(), []);
  });
});

test("an extension that throws is an error in the log, and stopping leaves no process", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "driver-test-"));
  t.after(() => rm(folder, { recursive: true }));
  const server = await startVsCode({
    vsix: await packProbe(folder, { broken: true }),
    workspace: folder,
  });
  t.after(() => server.stop());
  const browser = await launchBrowser();
  t.after(() => browser.close());
  await openWorkbench(await browser.newContext(), server);
  await waitUntil("the error", async () => (await server.extensionHostErrors()).length > 0);
  assert.match((await server.extensionHostErrors()).join(), /broken probe/);
  const ids = serverProcesses().map(({ id }) => id);
  assert.ok(ids.length >= 3, "a wrapper, a server and an extension host");
  await server.stop();
  assert.deepEqual(
    runningProcesses().filter(({ id }) => ids.includes(id)),
    [],
  );
});

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

function runningProcesses(): readonly Process[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,command="], { encoding: "utf8" });
  return [...table.matchAll(/^ *(\d+) +(\d+) +([A-Z])\S* +(.*)$/gm)]
    .filter(([, , , state]) => state !== "Z")
    .map(([, id, parent, , command = ""]) => ({ id: Number(id), parent: Number(parent), command }));
}

/** All processes below this one that run code of VS Code. */
function serverProcesses(): readonly Process[] {
  const all = runningProcesses().filter(({ command }) => command.includes("code-server"));
  const below = (parent: number): readonly Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one].concat(below(one.id)));
  return below(process.pid);
}
