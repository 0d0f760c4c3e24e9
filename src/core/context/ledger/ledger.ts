import type { ContentId } from "../../files/content.ts";
import type { ToolCall } from "../../ports/provider-chat.ts";
import type { ContextState } from "../../session/session.ts";

/** What a block of a message is. */
export type BlockKind =
  /** What every request begins with. */
  | "instructions"
  /** A file in one of its representations. */
  | "file"
  /** What has changed in a file since it was shown. */
  | "diff"
  /** Says that a file has changed exactly as a diff in an answer of the model said. */
  | "applied"
  /** Says that a file shown before is deleted or evicted. */
  | "gone"
  /** Digests of files, under the true counts. */
  | "digests"
  /** Names files without their text: they can be read back. */
  | "stubs"
  /** Earlier turns of the conversation in a line each. */
  | "earlier"
  /** Points at bytes that still stand in the epoch. */
  | "pointer"
  /** A result of an earlier phase. */
  | "finding"
  /** Leads from the phases before to the present one. */
  | "hand-over"
  | "question"
  | "answer"
  | "tool-result";

/** A file as a block shows it. */
export interface ShownFile {
  /** Id of the session file. */
  readonly id: string;
  /** What the model knows the file by. */
  readonly path: string;
  /** The content after this block: of a diff, the content that it leads to. */
  readonly contentId: ContentId;
  readonly representation: Exclude<ContextState, "out">;
  /** Of an applied diff: the message that holds its hunks, and where they start and end in its text. */
  readonly hunks?: readonly [place: number, start: number, end: number] | undefined;
  /** First and last line of an excerpt, or of what was read back; lines count from 1. */
  readonly lines?: readonly [first: number, last: number] | undefined;
  /** Version of the extractor that made a digest. */
  readonly extractorVersion?: number | undefined;
  /** A file that stands in the message as itself: by the provider's id, or with the bytes of its content if there is none. */
  readonly native?: { readonly mediaType: string; readonly id?: string | undefined } | undefined;
}

/** One thing that a message holds. Once sent, its bytes never change. */
export interface Block {
  readonly kind: BlockKind;
  readonly text: string;
  /** Exact tokens of `text`; of a file that stands as itself as far as they are known. */
  readonly tokens: number;
  /** The files that it is about, in order; several for stubs and digests, else at most one. */
  readonly files: readonly ShownFile[];
}

/** A message as it was sent: its content is the texts of its blocks with an empty line between them. */
export interface LedgerMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly blocks: readonly Block[];
  /** Exact tokens of the message, with what a provider adds around it. */
  readonly tokens: number;
  /** What an assistant's message asks for. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** The call that a tool's message answers. */
  readonly toolCallId?: string | undefined;
}

/** Why a request began a new epoch. */
export type EpochCause =
  /** It is the first of its conversation. */
  | "first"
  /** The conversation before it was never seen, or has been edited. */
  | "history"
  /** It would not have fitted the model's window. */
  | "window"
  /** What was carried for nothing had cost as much as leaving it behind. */
  | "pays"
  /** The provider's cache had nothing of it: another model, or too long a pause. */
  | "cold"
  /** A new phase starts from digests and findings. */
  | "phase"
  /** The user wanted the contents of files to leave. */
  | "reset"
  /** The user wanted it. */
  | "asked";

/** A session file that a request left out. */
export interface LeftOut {
  readonly fileId: string;
  readonly path: string;
  /** True if it could have been shown, and had no room or rests. */
  readonly isKnown: boolean;
  /** The reason and the cheapest way in, for people. */
  readonly reason: string;
}
