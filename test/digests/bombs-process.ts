// A stand-in for the process that reads files: the name of a file tells what its parser does.
import { digest } from "../../src/digests/digest.ts";
import { serveDigests } from "../../src/digests/process/serve-digests.ts";

const megabyte = 0x100000;

const parsers: Readonly<Record<string, () => unknown>> = {
  heap() {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => `${index}`));
  },
  buffers() {
    const kept: Buffer[] = [];
    for (let count = 0; count < 128; count++) kept.push(Buffer.alloc(16 * megabyte, 1));
    return kept.length;
  },
  loop() {
    for (;;);
  },
  sleep: () => new Promise(() => undefined),
  exit: () => process.exit(0),
  crash() {
    setImmediate(() => {
      throw new Error("nobody catches this");
    });
    return new Promise(() => undefined);
  },
  giant: () => ({ type: "x".repeat(20 * megabyte) }),
  strange: () => ({ rows: 1n }),
  throws() {
    throw new RangeError("not like this");
  },
  memory: () => ({ pid: process.pid, env: Object.keys(process.env) }),
};

void serveDigests(async (file, pause) => {
  const parser = parsers[file.name.split(".")[0] ?? ""];
  return parser ? ((await parser()) as never) : digest(file, pause);
});
