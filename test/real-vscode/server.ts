/**
 * A real VS Code with one extension installed, served on this machine only.
 * @module
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { errorsIn, readLogs } from "./extension-host-log.ts";
import { installVsCode } from "./install.ts";
import { type ProcessGroup, startGroup } from "./process-group.ts";

/** Values by setting id, as in settings.json. */
export type Settings = Readonly<Record<string, unknown>>;

/** What to start. */
export interface VsCodeOptions {
  /** The packed extension. */
  readonly vsix: string;
  /** The folder to open. */
  readonly workspace: string;
  /** Keeps settings and logs here, so that a later start finds them. Default: a temporary folder, gone after `stop`. */
  readonly userData?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Settings of any scope except application; they win over those of the user. */
  readonly settings?: Settings;
  /** Opens the folder in Restricted Mode instead of trusting it. */
  readonly restricted?: boolean;
}

/** A running VS Code. */
export interface VsCodeServer {
  /** The address that opens the workspace in a browser. */
  readonly url: string;
  readonly userDataDir: string;
  /** Adds to the settings that were given at the start; open windows follow at once. */
  changeSettings(settings: Settings): Promise<void>;
  /** What all extension hosts have logged so far, oldest first. */
  extensionHostLogs(): Promise<string>;
  /** The errors in those logs, without those that this way of installing VS Code causes itself. */
  extensionHostErrors(): Promise<readonly string[]>;
  /** What an extension has written to its log output channels so far. */
  outputOf(extensionId: string): Promise<string>;
  /** Ends every process and removes what was temporary. */
  stop(): Promise<void>;
}

interface Folders {
  readonly root: string;
  readonly userData: string;
  readonly extensions: string;
}

const startTimeoutMs = 60_000;
const hostLogs = "*/exthost*/remoteexthost.log";

/** A first screen without greetings, and no traffic beyond this machine. Values that VS Code would rewrite do not belong here. */
const calmSettings: Settings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "extensions.autoUpdate": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "workbench.enableExperiments": false,
};

/** Starts VS Code on 127.0.0.1 and resolves when it answers. */
export async function startVsCode(options: VsCodeOptions): Promise<VsCodeServer> {
  const { entry } = await installVsCode();
  const folders = await makeFolders(options.userData);
  const cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folders.root, { recursive: true, force: true }));
  try {
    await writeFirstSettings(folders, options);
    await run(entry, folders, ["--install-extension", options.vsix]);
    const args = [entry, ...flags(folders), ...serverFlags(options)];
    const group = startGroup(args, environment(folders));
    cleanup.defer(() => group.stop());
    const address = await addressOf(group);
    return { ...serverAt(address, folders, options), stop: () => cleanup.disposeAsync() };
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

function serverAt(
  address: string,
  { userData }: Folders,
  options: VsCodeOptions,
): Omit<VsCodeServer, "stop"> {
  const logs = join(userData, "logs");
  let settings = options.settings;
  return {
    url: `${address}/?folder=${encodeURIComponent(options.workspace)}`,
    userDataDir: userData,
    changeSettings: async (changes) => {
      settings = { ...settings, ...changes };
      await writeSettings(userData, "Machine", settings);
    },
    extensionHostLogs: () => readLogs(logs, hostLogs),
    extensionHostErrors: async () => errorsIn(await readLogs(logs, hostLogs)),
    outputOf: (extensionId) => readLogs(logs, `*/exthost*/${extensionId}/*.log`),
  };
}

async function makeFolders(userData: string | undefined): Promise<Folders> {
  const root = await mkdtemp(join(tmpdir(), "real-vscode-"));
  return {
    root,
    userData: userData ?? join(root, "user-data"),
    extensions: join(root, "extensions"),
  };
}

/** Open windows follow the settings of the machine when their file changes, but not those of the user. */
async function writeFirstSettings(
  { userData }: Folders,
  { settings = {} }: VsCodeOptions,
): Promise<void> {
  if (!existsSync(join(userData, "User"))) await writeSettings(userData, "User", calmSettings);
  await writeSettings(userData, "Machine", settings);
}

async function writeSettings(
  userData: string,
  owner: "User" | "Machine",
  settings: Settings,
): Promise<void> {
  await mkdir(join(userData, owner), { recursive: true });
  await writeFile(join(userData, owner, "settings.json"), JSON.stringify(settings, undefined, 2));
}

function flags({ root, userData, extensions }: Folders): readonly string[] {
  // Without `--config` the server would write its defaults into the user's home.
  return [
    "--config",
    join(root, "config.yaml"),
    "--user-data-dir",
    userData,
    "--extensions-dir",
    extensions,
  ];
}

function serverFlags({
  workspace,
  port = 0,
  restricted = false,
}: VsCodeOptions): readonly string[] {
  const trust = restricted ? [] : ["--disable-workspace-trust"];
  return [
    "--auth",
    "none",
    "--bind-addr",
    `127.0.0.1:${port}`,
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--disable-proxy",
    ...trust,
    workspace,
  ];
}

/** Only what a process needs to run: no key and no option of the caller's shell reaches the extension. */
function environment({ root }: Folders): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR, USER } = process.env;
  return {
    PATH,
    HOME,
    LANG,
    TMPDIR,
    USER,
    XDG_DATA_HOME: join(root, "share"),
    XDG_CONFIG_HOME: join(root, "config"),
    // No marketplace: it would be asked for updates at every start.
    EXTENSIONS_GALLERY: "{}",
  };
}

async function run(entry: string, folders: Folders, args: readonly string[]): Promise<void> {
  const group = startGroup([entry, ...flags(folders), ...args], environment(folders));
  const output = collect(group.child.stdout, group.child.stderr);
  const [exitCode] = (await once(group.child, "close")) as [number | null];
  await group.stop();
  if (exitCode === 0) return;
  throw new Error(`VS Code ${args.join(" ")} ended with exit code ${exitCode}:\n${output()}`);
}

/** The server says where it listens as soon as it does. */
async function addressOf({ child }: ProcessGroup): Promise<string> {
  const output = collect(child.stdout, child.stderr);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (reason: string) =>
    reject(new Error(`VS Code did not start: ${reason}\n${output()}`));
  const timer = setTimeout(() => fail(`silent for ${startTimeoutMs} ms`), startTimeoutMs);
  child.once("error", (error) => fail(error.message));
  child.once("exit", (exitCode) => fail(`exit code ${exitCode}`));
  child.stdout.on("data", () => {
    const address = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(output())?.[1];
    if (address !== undefined) resolve(address);
  });
  return promise.finally(() => clearTimeout(timer));
}

function collect(...streams: readonly Readable[]): () => string {
  let text = "";
  for (const stream of streams) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  }
  return () => text;
}
