/** Satchel, packed, in a real VS Code, on a workspace of its own and with a demo server for OpenAI. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { type DemoServer, startDemoServer } from "../demo/server.ts";
import { launchBrowser } from "../real-vscode/browser.ts";
import { startVsCode, type VsCodeServer } from "../real-vscode/server.ts";
import { openWorkbench, type Workbench } from "../real-vscode/workbench.ts";

const vsix = resolve(import.meta.dirname, "../../dist/satchel.vsix");

export interface Stage {
  readonly workspace: string;
  readonly demo: DemoServer;
  readonly server: VsCodeServer;
  readonly workbench: Workbench;
  /** Another window on the same workspace, with an extension host of its own. */
  openWindow(): Promise<Workbench>;
  write(name: string, data: string | Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** The only key that the demo server lets in. */
  readonly key?: string;
  /** The models that the demo server offers. */
  readonly models?: readonly string[];
  /** Leaves OpenAI's base URL at its default. Nothing is reached there: without a key no request is made. */
  readonly remote?: boolean;
  readonly restricted?: boolean;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), "satchel-e2e-"));
  const workspace = join(root, "q4 review");
  const write = async (name: string, data: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), data);
  };
  for (const [name, data] of Object.entries(options.files)) await write(name, data);
  const { key, models } = options;
  const demo = await startDemoServer({
    ...(key !== undefined && { requireKey: key }),
    ...(models && { models }),
  });
  const browser: Browser = await launchBrowser();
  const server = await startVsCode({
    vsix,
    workspace,
    settings: options.remote ? {} : { "satchel.openai.baseUrl": demo.url },
    restricted: options.restricted ?? false,
  });
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1400, height: 900 },
  });
  const workbench = await openWorkbench(context, server);
  return {
    workspace,
    demo,
    server,
    workbench,
    openWindow: () => openWorkbench(context, server),
    write,
    async close() {
      await browser.close();
      await server.stop();
      await demo.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A chat request as the server received it. */
export interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** The last question that the demo server was asked. A message that only calls tools has no text. */
export function lastChat({ requests }: DemoServer): ChatBody {
  const asked = requests.findLast(({ path }) => path === "/v1/chat/completions");
  if (!asked) throw new Error("the demo server was asked nothing");
  const { messages } = asked.body as {
    readonly messages: readonly { role: string; content: string | null }[];
  };
  return { messages: messages.map(({ role, content }) => ({ role, content: content ?? "" })) };
}
