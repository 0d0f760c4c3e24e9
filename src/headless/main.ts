// Run: node src/headless/main.ts replay TRACE
// Prints a line of JSON for each request of a trace, see `Payload`. Exits with 2 if there is no such trace.
import { isContextError } from "../core/errors.ts";
import { withOpenParts } from "./open-parts.ts";
import { readTrace } from "./read-trace.ts";
import { replay } from "./replay.ts";
import type { Trace } from "./trace.ts";

// Who stops reading is told to `print`.
process.stdout.on("error", () => undefined);
process.exitCode = await run(process.argv.slice(2));

async function run([command, file, ...others]: readonly string[]): Promise<number> {
  if (command !== "replay" || file === undefined || others.length > 0)
    return refuse("usage: satchel replay TRACE", 2);
  const trace = await readTrace(file);
  if (typeof trace === "string") return refuse(trace, 2);
  try {
    await printPayloads(trace);
    return 0;
  } catch (error) {
    if (isContextError(error)) return refuse(error.message, 1);
    // Nobody reads any more, as behind `| head`.
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return 0;
    throw error;
  }
}

function refuse(sentence: string, exitCode: number): number {
  process.stderr.write(`${sentence}\n`);
  return exitCode;
}

function printPayloads(trace: Trace): Promise<void> {
  return withOpenParts(trace.name, async (parts) => {
    for await (const payload of replay(parts, trace)) await print(JSON.stringify(payload));
  });
}

function print(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
