import type { Content } from "../files/content.ts";
import type { Digest } from "../files/digest.ts";
import type { ProviderFile } from "../files/provider-file.ts";
import type { Finding, Phase, SavedFile } from "./phase.ts";
import type { Session, SessionFile } from "./session.ts";

/** All that the registry knows of one session at one moment, as plain JSON data: the session can be made again from it. */
export interface SessionSnapshot {
  readonly session: Session;
  /** In the order of the session. */
  readonly files: readonly SessionFile[];
  /** Each content that a session file, a saved file or a finding names, once. */
  readonly contents: readonly Content[];
  /** The uploads of these contents, newest first. */
  readonly providerFiles: readonly ProviderFile[];
  /** The newest digest of each content that has one. */
  readonly digests: readonly Digest[];
  /** By number. */
  readonly phases: readonly Phase[];
  /** Oldest first. */
  readonly findings: readonly Finding[];
  readonly savedFiles: readonly SavedFile[];
}
