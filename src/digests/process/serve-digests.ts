import type { Digest } from "../../core/files/digest.ts";
import { keptPlain, plainMark } from "../detect/binary.ts";
import type { DigestInput } from "../digest.ts";
import { extensionOf } from "../detect/file-extension.ts";
import { digestCap, residentCap, usualLimits } from "./limits.ts";
import type { FromProcess, ToProcess } from "./messages.ts";
import { createPause, type Pause } from "../pause.ts";
import { version } from "../version.ts";
import { startWatchdog } from "./watchdog.ts";

type MakeDigest = (input: DigestInput, pause: Pause) => Promise<Digest>;

/** Milliseconds after which the process ends itself: later than its starter would end it, who may be gone. */
const lastDeadline = usualLimits.deadline + 5000;

/** A file of which some bytes may not be there yet. */
interface Incoming extends DigestInput {
  arrived: number;
}

/** Answers with digests of the files that reach this process, one at a time. */
export async function serveDigests(make: MakeDigest): Promise<void> {
  // Who started this process is gone.
  process.on("disconnect", () => process.exit());
  const watchdog = await startWatchdog(residentCap);
  let incoming: Incoming | undefined;

  process.on("message", (message: ToProcess) => {
    if (message.kind === "file") {
      const { contentId, name, size } = message;
      incoming = { contentId, name, bytes: new Uint8Array(size), arrived: 0 };
    } else if (incoming) {
      incoming.bytes.set(message.bytes, incoming.arrived);
      incoming.arrived += message.bytes.length;
    }
    if (incoming?.arrived !== incoming?.bytes.length) return;
    const whole = incoming;
    incoming = undefined;
    if (whole) void answer(whole);
  });

  async function answer(file: DigestInput): Promise<void> {
    watchdog.killIn(lastDeadline);
    const json = await jsonOf(file, make);
    // Not only once garbage is collected: the next file may be as large.
    file.bytes.buffer.transfer(0);
    watchdog.callOff();
    // A parser that has failed may have left anything behind: the next file gets another process.
    const isWorn = json.includes(plainMark);
    post({ kind: "digest", json, resident: isWorn ? Infinity : process.memoryUsage.rss() });
  }

  post({ kind: "ready" });
}

function post(message: FromProcess): void {
  process.send?.(message);
}

/** The digest as JSON, if it is one that can be kept. */
async function jsonOf(file: DigestInput, make: MakeDigest): Promise<string> {
  const { contentId, name, bytes } = file;
  const plain = (reason: string): string => {
    const extraction = keptPlain({ extension: extensionOf(name), size: bytes.length }, reason);
    return JSON.stringify({ contentId, version, ...extraction });
  };
  try {
    const json = JSON.stringify(await make(file, createPause()));
    return Buffer.byteLength(json) <= digestCap ? json : plain("what is known of it is too long");
  } catch {
    return plain("reading it failed");
  }
}
