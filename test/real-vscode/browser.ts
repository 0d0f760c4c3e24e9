/**
 * The browser that shows VS Code: Chromium out of an npm package on Linux x64, an installed Chrome elsewhere.
 * @module
 */
import { execFile, spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createBrotliDecompress } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { installOnce } from "./install-once.ts";

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// With handlers of its own, Playwright would keep this process alive after a signal. The browser ends without them too.
const options = { args, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

const fontsConfig = `<fontconfig><dir prefix="relative">fonts</dir></fontconfig>\n`;

/** Starts a headless browser, which ends with this process at the latest. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return chromium.launch({ ...options, channel: "chrome" });
  }
  const folder = await installChromium();
  const executablePath = join(folder, "chromium");
  return chromium.launch({ ...options, executablePath, env: environment(folder, executablePath) });
}

/** Unpacked here and not by the package itself, which takes a half-written file of another process for a finished one. */
async function installChromium(): Promise<string> {
  const root = fileURLToPath(new URL("..", import.meta.resolve("@sparticuz/chromium")));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  return installOnce(`chromium-${version}`, async (folder) => {
    const unpack = (name: string, target: string, mode: number) =>
      pipeline(
        createReadStream(join(root, "bin", `${name}.br`)),
        createBrotliDecompress(),
        createWriteStream(join(folder, target), { mode }),
      );
    await unpack("chromium", "chromium", 0o755);
    for (const name of ["al2023", "fonts"]) {
      const archive = `${name}.tar`;
      await unpack(archive, archive, 0o644);
      await promisify(execFile)("tar", ["-xf", archive], { cwd: folder });
      await rm(join(folder, archive));
    }
    // The one in the package knows only the folders of cloud functions.
    await writeFile(join(folder, "fonts.conf"), fontsConfig);
  });
}

/** The package brings the libraries and fonts that a bare machine lacks; elsewhere those of the system fit better. */
function environment(folder: string, executablePath: string): Record<string, string> {
  const { PATH = "", HOME = folder } = process.env;
  const runs = spawnSync(executablePath, ["--version"]).status === 0;
  return {
    PATH,
    HOME,
    ...(runs ? {} : { LD_LIBRARY_PATH: join(folder, "lib") }),
    ...(existsSync("/etc/fonts") ? {} : { FONTCONFIG_PATH: folder }),
  };
}
