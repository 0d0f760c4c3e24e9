/**
 * Shows Satchel in a real VS Code, on a copy of the sample workspace and with a stand-in for OpenAI: the script behind `npm start`.
 * @module
 */
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startVsCode } from "../real-vscode/server.ts";
import { startDemoServer } from "./server.ts";

const usualPort = "8420";
const vsix = join(import.meta.dirname, "..", "..", "dist", "satchel.vsix");

const cleanup = new AsyncDisposableStack();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void quit());
try {
  await start();
} catch (error) {
  await cleanup.disposeAsync();
  throw error;
}

async function start(): Promise<void> {
  if (!existsSync(vsix)) throw new Error(`There is no ${vsix}: run npm run package first`);
  const { values } = parseArgs({ options: { port: { type: "string", default: usualPort } } });
  const demo = await startDemoServer();
  cleanup.defer(() => demo.stop());
  const server = await startVsCode({
    vsix,
    workspace: await copyWorkspace(),
    port: await freePort(Number(values.port)),
    settings: { "satchel.openai.baseUrl": demo.url },
  });
  cleanup.defer(() => server.stop());
  process.stdout.write(
    `\nSatchel in VS Code: ${server.url}\n` +
      "Try this: drag sales.csv from the Explorer onto the Satchel icon, then ask in the chat: @satchel Which region missed its Q4 target?\n" +
      "Ctrl-C stops it.\n",
  );
}

/** Changes in the demo stay in the demo. */
async function copyWorkspace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "satchel-demo-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const workspace = join(folder, "sales-review");
  await cp(join(import.meta.dirname, "workspace"), workspace, { recursive: true });
  return workspace;
}

/** The wanted port, or 0, which stands for any other, if it is taken. */
async function freePort(wanted: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", () => resolve(0));
  server.listen(wanted, "127.0.0.1", () => server.close(() => resolve(wanted)));
  return promise;
}

async function quit(): Promise<void> {
  await cleanup.disposeAsync();
  process.exit(0);
}
