/** Everything that a request is prepared with, in memory: so fast that thousands of sessions are lived in seconds. */
import { createHash } from "node:crypto";
import type { PrepareParts } from "../../../../src/core/context/prepare.ts";
import { ContextError } from "../../../../src/core/errors.ts";
import type { Content, ContentId } from "../../../../src/core/files/content.ts";
import type { Digest } from "../../../../src/core/files/digest.ts";
import type { Contents, FileFacts } from "../../../../src/core/ports/contents.ts";
import type { Copies } from "../../../../src/core/ports/copies.ts";
import type { Phases } from "../../../../src/core/ports/phases.ts";
import type { Registry } from "../../../../src/core/ports/registry.ts";
import type { TokenCounter } from "../../../../src/core/ports/token-counter.ts";
import type { Finding, Phase } from "../../../../src/core/session/phase.ts";
import type { Session, SessionFile, SessionView } from "../../../../src/core/session/session.ts";
import { difference } from "../../../../src/texts/difference.ts";
import { createMemoryLedger } from "./memory-ledger.ts";
import { createMemorySearch } from "./memory-search.ts";

/** Tokens of a text: a word counts one, and so do four characters. Two texts that are joined may count one more or less than both. */
export function roughTokens(text: string): number {
  let words = 0;
  let wasSpace = true;
  for (let at = 0; at < text.length; at++) {
    const isSpace = text.charCodeAt(at) <= 32;
    if (wasSpace && !isSpace) words++;
    wasSpace = isSpace;
  }
  return words + Math.floor(text.length / 4);
}

export interface MemoryOptions {
  readonly fence: string;
  /** Answers come at other moments, and the fields of what they hold in another order. */
  readonly scrambled?: boolean;
}

/** A disk, a store and a session in memory. */
export class MemoryParts {
  readonly session: Session;
  readonly parts: PrepareParts;
  /** URI → the text of the file that is there. */
  readonly disk = new Map<string, string>();
  /** The rows of the session, in order. */
  files: SessionFile[] = [];
  readonly phases: Phase[] = [];
  readonly findings: Finding[] = [];
  readonly #contents = new Map<ContentId, Content>();
  readonly #blobs = new Map<ContentId, string>();
  readonly #digests = new Map<ContentId, Digest>();
  readonly #isScrambled: boolean;
  #lastPosition = 0;

  constructor({ fence, scrambled = false }: MemoryOptions) {
    this.#isScrambled = scrambled;
    this.session = { id: "s1", name: "Session 1", workspace: "file:///w", fence, createdAt: 1 };
    this.parts = {
      registry: this.#registry(),
      contents: this.#contentsPort(),
      copies: { useCopies: async () => {} } as Partial<Copies> as Copies,
      phases: this.#phasesPort(),
      tokens: counter,
      ledger: createMemoryLedger(),
      differ: { diff: async (before, after) => difference(before, after) },
      search: createMemorySearch(),
      confirm: async () => false,
    };
  }

  view(): SessionView {
    const files = this.files.map((file) => {
      const content = this.#contents.get(file.contentId);
      if (!content) throw new Error("a session file has no content");
      return this.#told({
        file: this.#told(file),
        content: this.#told(content),
        providerFiles: [],
      });
    });
    return { session: this.session, files };
  }

  /** Adds a file that is on the disk; one that the session holds keeps its row. Undefined if it is empty or not there. */
  add(uri: string): string | undefined {
    const text = this.disk.get(uri);
    if (text === undefined || text === "") return undefined;
    const content = this.#learn(uri, text);
    const known = this.files.find((file) => file.uri === uri);
    if (known) this.change(known.id, { contentId: content.contentId });
    if (known) return known.id;
    const position = ++this.#lastPosition;
    this.files.push({
      id: `f${position}`,
      sessionId: this.session.id,
      uri,
      role: "file",
      pinned: false,
      evicted: false,
      contentId: content.contentId,
      disk: "fresh",
      context: "out",
      position,
    });
    return `f${position}`;
  }

  change(id: string, change: Partial<SessionFile>): void {
    this.files = this.files.map((file) => (file.id === id ? { ...file, ...change } : file));
  }

  remove(id: string): void {
    this.files = this.files.filter((file) => file.id !== id);
  }

  /** Makes the digest of a text as it is now. */
  digest(uri: string): void {
    const text = this.disk.get(uri);
    if (text === undefined || text === "") return;
    const { contentId } = this.#learn(uri, text);
    const lines = text.split("\n");
    const told = `${lines.length} lines, first: ${lines[0]}`;
    const digest = {
      contentId,
      extractor: "text",
      version: 1,
      type: "text",
      preview: [],
      text: told,
    };
    this.#digests.set(contentId, digest);
  }

  /** The store forgets all copies; what is on the disk can be read there. */
  forgetCopies(): void {
    this.#blobs.clear();
  }

  #learn(uri: string, text: string): Content {
    const contentId = createHash("sha256").update(text).digest("hex");
    const known = this.#contents.get(contentId);
    const mediaType = uri.endsWith(".csv") ? "text/csv" : "text/markdown";
    const content = known ?? { contentId, bytes: Buffer.byteLength(text), mediaType, lines: 1 };
    this.#contents.set(contentId, content);
    return { ...content, mediaType };
  }

  #facts(uri: string): FileFacts & { readonly text: string } {
    const text = this.disk.get(uri);
    if (text === undefined) throw new ContextError("file-missing", "it is not there");
    if (text === "") throw new ContextError("file-empty", "it is empty");
    const { tokens: _, ...content } = this.#learn(uri, text);
    return { content: this.#told(content), holdsPrivateKey: false, ignoredByGit: false, text };
  }

  #contentsPort(): Contents {
    const inspect = async (uri: string): Promise<FileFacts> => {
      await this.#wait(uri.length);
      return this.#facts(uri);
    };
    const port: Partial<Contents> = {
      inspect,
      take: async (uri) => {
        await this.#wait(uri.length);
        const facts = this.#facts(uri);
        this.#blobs.set(facts.content.contentId, facts.text);
        return facts;
      },
      read: async ({ contentId, uri }) => {
        const text = this.#blobs.get(contentId) ?? this.disk.get(uri) ?? "";
        if (text === "" || this.#learn(uri, text).contentId !== contentId)
          throw new ContextError("content-missing", "it is gone");
        return new TextEncoder().encode(text);
      },
      kept: async (ids) => ids.filter((id) => this.#blobs.has(id)),
    };
    return port as Contents;
  }

  #registry(): Registry {
    const port: Partial<Registry> = {
      view: async () => this.view(),
      changeFiles: async (changes) => {
        for (const { id, change } of changes) this.change(id, change);
      },
      content: async (id) => this.#contents.get(id),
      saveContents: async (contents) => {
        for (const content of contents) {
          const { tokens } = this.#contents.get(content.contentId) ?? {};
          const known = tokens === undefined ? {} : { tokens };
          this.#contents.set(content.contentId, { ...known, ...content });
        }
      },
    };
    return port as Registry;
  }

  #phasesPort(): Phases {
    const port: Partial<Phases> = {
      phases: async () => [...this.phases],
      findings: async () => [...this.findings],
      digests: async (ids) => {
        const found = [...new Set(ids)].flatMap((id) => this.#digests.get(id) ?? []);
        return this.#isScrambled ? found.toReversed() : found;
      },
    };
    return port as Phases;
  }

  async #wait(ticks: number): Promise<void> {
    if (!this.#isScrambled) return;
    for (let tick = 0; tick < (ticks * 7919) % 13; tick++) await Promise.resolve();
  }

  #told<T extends object>(fields: T): T {
    if (!this.#isScrambled) return fields;
    return Object.fromEntries(Object.entries(fields).toReversed()) as T;
  }
}

const counter: TokenCounter = {
  count: async (texts) => texts.map(roughTokens),
  countUtf8: async (bytes) =>
    roughTokens(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)),
};
