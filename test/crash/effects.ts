import { createHash } from "node:crypto";
import type { ProviderFile } from "../../src/core/files/provider-file.ts";
import type { SentRequest } from "../../src/core/ports/request-log.ts";
import type { SessionFile } from "../../src/core/session/session.ts";

/** How things stand, or what an operation makes of them: for each thing its state, `""` if it is not there. */
export type Effect = Readonly<Record<string, string>>;

/** What a writer said before it died. */
export interface History {
  /** How the things stand that its acknowledged operations have touched. */
  readonly settled: Effect;
  /** The operation that it had begun and not acknowledged: it counts whole or not at all. */
  readonly pending?: Effect;
  readonly acknowledged: number;
}

/** The line that announces an operation. */
export function announcement(effect: Effect): string {
  return `will ${JSON.stringify(effect)}\n`;
}

/** The line that acknowledges the operation announced before it. */
export const acknowledgement = "did\n";

/** The line that says that the operation announced before it changed nothing. */
export const withdrawal = "did not\n";

/** What the lines of a writer say. */
export function historyOf(log: string): History {
  const settled: Record<string, string> = {};
  let pending: Effect | undefined;
  let acknowledged = 0;
  // The last line may be cut: nobody can have acted on it.
  for (const line of log.split("\n").slice(0, -1)) {
    if (line.startsWith("will ")) pending = JSON.parse(line.slice(5)) as Effect;
    if (!line.startsWith("did")) continue;
    if (line === "did") Object.assign(settled, pending);
    pending = undefined;
    acknowledged++;
  }
  return { settled, acknowledged, ...(pending && { pending }) };
}

/** The key of the session file with this URI. */
export function fileKey(uri: string): string {
  return `file ${uri}`;
}

/** How a session file stands; of two that are equal in this, no operation of the writers can tell the difference. */
export function fileState(
  file: Pick<SessionFile, "contentId" | "pinned" | "disk" | "context" | "outReason">,
): string {
  return [file.contentId, file.pinned, file.disk, file.context, file.outReason ?? "-"].join(" ");
}

/** How an upload stands. */
export function uploadState(
  upload: Pick<ProviderFile, "contentId" | "state" | "providerFileId">,
): string {
  return [upload.contentId, upload.state, upload.providerFileId ?? "-"].join(" ");
}

/** How a request stands: what it and those that it repeats have sent and got. */
export function requestState(chain: readonly SentRequest[]): string {
  const all = chain.map(({ id, parentId, keeps, added, answered, answer, usage }) => {
    const { input, cached, output } = usage ?? {};
    return [id, parentId, keeps, added, answered, answer, input, cached, output];
  });
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

/** The state of a blob whose bytes have its content id. */
export const whole = "whole";
