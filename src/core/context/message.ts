import type { ChatFile } from "../ports/provider-chat.ts";

/** One message of a request. Its content is sent as it stands, byte for byte. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
  /** Files that stand before the text as themselves. */
  readonly files?: readonly ChatFile[] | undefined;
}
