import type { ContentId } from "../files/content.ts";
import type { ChatFile, ChatMessage } from "../ports/provider-chat.ts";
import type { LedgerMessage } from "./ledger/ledger.ts";

/** One message of a request. Its content is sent as it stands, byte for byte. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
  /** Files that stand before the text as themselves. */
  readonly files?: readonly ChatFile[] | undefined;
}

/** Finds the bytes of a file that stands in a message as itself. */
export type BytesOf = (contentId: ContentId) => Promise<Uint8Array<ArrayBuffer>>;

/** The messages as a provider's adapter takes them. */
export async function toMessages(
  messages: readonly LedgerMessage[],
  bytesOf: BytesOf,
): Promise<readonly ChatMessage[]> {
  return Promise.all(messages.map((message) => toMessage(message, bytesOf)));
}

async function toMessage(message: LedgerMessage, bytesOf: BytesOf): Promise<ChatMessage> {
  const { role, blocks, toolCalls, toolCallId } = message;
  const content = blocks.map(({ text }) => text).join("\n\n");
  if (role === "tool") return { role, toolCallId: toolCallId ?? "", content };
  if (role === "assistant" && toolCalls) return { role, content, toolCalls };
  const files = await filesOf(message, bytesOf);
  return { role, content, ...(files.length > 0 && { files }) };
}

async function filesOf({ blocks }: LedgerMessage, bytesOf: BytesOf): Promise<readonly ChatFile[]> {
  const natives = blocks.flatMap(({ files }) =>
    files.flatMap(({ path, contentId, native }) => (native ? [{ path, contentId, native }] : [])),
  );
  return Promise.all(
    natives.map(async ({ path, contentId, native: { mediaType, id } }): Promise<ChatFile> => {
      const source =
        id === undefined
          ? ({ kind: "bytes", bytes: await bytesOf(contentId) } as const)
          : ({ kind: "reference", id } as const);
      return { name: path, mediaType, source };
    }),
  );
}

/**
 * SHA-256 of messages as JSON, in lower-case hex: what proves later that they are the ones that were sent. Files that stand in them as bytes
 * count by the SHA-256 of their bytes.
 */
export async function digestOf(messages: readonly ChatMessage[]): Promise<string> {
  const told = await Promise.all(messages.map(withDigests));
  return sha256(new TextEncoder().encode(JSON.stringify(told)));
}

async function withDigests(message: ChatMessage): Promise<object> {
  if (!("files" in message) || !message.files) return message;
  const { files, ...rest } = message;
  const told = files.map(async ({ name, mediaType, source }) => ({
    name,
    mediaType,
    source: source.kind === "bytes" ? { sha256: await sha256(source.bytes) } : source,
  }));
  return { ...rest, files: await Promise.all(told) };
}

/** SHA-256 in lower-case hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
