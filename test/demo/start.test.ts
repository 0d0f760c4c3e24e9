import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

test(
  "npm start shows VS Code at the printed address until it is interrupted",
  { timeout: 120_000 },
  async () => {
    const started = spawn(
      process.execPath,
      [join(import.meta.dirname, "start.ts"), "--port", "0"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const ended = once(started, "exit") as Promise<[number | null, string | null]>;
    let output = "";
    for await (const chunk of started.stdout.setEncoding("utf8")) {
      output += String(chunk);
      if (output.includes("Ctrl-C stops it.")) break;
    }
    const [url = ""] = /http:\/\/127\.0\.0\.1:\d+\S*/u.exec(output) ?? [];
    assert.match(await (await fetch(url)).text(), /workbench/u);
    started.kill("SIGINT");
    assert.deepEqual(await ended, [0, null]);
    await assert.rejects(fetch(url));
  },
);
