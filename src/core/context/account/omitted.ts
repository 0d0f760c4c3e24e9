import type { ContextErrorCode } from "../../errors.ts";
import type { SessionFile } from "../../session/session.ts";

/** Why a session file is not in a request. */
export type OmitReason =
  | { readonly kind: "evicted" }
  | { readonly kind: "binary" }
  | { readonly kind: "not-uploaded"; readonly provider: string }
  | { readonly kind: "declined"; readonly why: string }
  | { readonly kind: "unreadable"; readonly message: string; readonly code: ContextErrorCode }
  | { readonly kind: "resting" }
  | { readonly kind: "reset" }
  | { readonly kind: "misfit"; readonly needs: number; readonly left: number };

/** A session file that a request leaves out. */
export interface OmittedFile {
  readonly file: SessionFile;
  readonly path: string;
  readonly reason: OmitReason;
}

/** The reason for people, in a few words, with the cheapest way to get the file in where there is one. */
export function omitSentence(reason: OmitReason): string {
  switch (reason.kind) {
    case "evicted":
      return "evicted: return it to the context to send it";
    case "binary":
      return "binary: it has no text to send";
    case "not-uploaded":
      return `binary: upload it to ${reason.provider} for its models to read it`;
    case "declined":
      return `not allowed: ${reason.why}`;
    case "unreadable":
      return reason.message;
    case "resting":
      return "not used for a while: name it in a question, or pin it";
    case "reset":
      return "put aside by a reset: the model can read it back, or name it in a question";
    case "misfit":
      return `needs ${reason.needs} tokens, ${reason.left} were left: pin it, evict others, or raise the files' share`;
  }
}
