import { createHash } from "node:crypto";
import type { Content } from "../../src/core/files/content.ts";
import type { ProviderFile } from "../../src/core/files/provider-file.ts";
import type { OperationEvent } from "../../src/core/operations/operation.ts";
import type { ClaimRules, NewSessionFile, UploadCaps } from "../../src/core/ports/registry.ts";
import type { Session } from "../../src/core/session/session.ts";

/** The content id of a text. */
export function idOf(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What is known of a small text. */
export function contentOf(text: string, change: Partial<Content> = {}): Content {
  return {
    contentId: idOf(text),
    bytes: text.length,
    mediaType: "text/plain",
    lines: 1,
    ...change,
  };
}

/** A session named by its id. */
export function sessionOf(id: string, change: Partial<Session> = {}): Session {
  return { id, name: id, workspace: "file:///work", fence: `fence-${id}`, createdAt: 1, ...change };
}

/** A file to be added, whose text is its name. */
export function newFile(sessionId: string, name: string, text: string = name): NewSessionFile {
  return { sessionId, uri: `file:///work/${name}`, content: contentOf(text) };
}

/** An upload that is about to be claimed. */
export function uploadOf(id: string, change: Partial<ProviderFile> = {}): ProviderFile {
  return {
    id,
    contentId: idOf("text"),
    provider: "openai",
    baseUrl: "https://api.openai.com/v1",
    account: "account",
    purpose: "user_data",
    mediaType: "text/plain",
    state: "sending",
    remoteName: `text.stc-${id}.txt`,
    startedAt: 1_000_000,
    ...change,
  };
}

/** An event of an operation; its beginning, if nothing else is said. */
export function eventOf(id: string, change: Partial<OperationEvent> = {}): OperationEvent {
  return {
    id,
    commandId: `upload:${id}`,
    kind: "upload",
    event: "started",
    at: 1_000_000,
    sessionId: "s",
    uri: "file:///work/a.txt",
    provider: "openai",
    ...change,
  };
}

/** Rules of a claim without caps. */
export function claimRules(leaseMs = 60_000, caps: Partial<UploadCaps> = {}): ClaimRules {
  return { leaseMs, caps: { filesPerMinute: 0, filesPerDay: 0, bytesPerDay: 0, ...caps } };
}
