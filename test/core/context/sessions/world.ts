/** A session that is being lived: its disk, its chats, the model that is asked. */
import type { ChatTurn } from "../../../../src/core/context/ledger/history.ts";
import type { TargetModel } from "../../../../src/core/context/target-model.ts";
import { pathInWorkspace } from "../../../../src/core/session/path.ts";
import type { SessionFile } from "../../../../src/core/session/session.ts";
import type { MemoryParts } from "./memory-parts.ts";
import { edited, randomText, type EditKind, type Size } from "./random-texts.ts";
import type { RandomSession } from "./random-session.ts";

export const minute = 60_000;

const model = (
  name: string,
  maxInputTokens: number,
  cached: number,
  minutes = 60,
): TargetModel => ({
  provider: `provider of ${name}`,
  model: name,
  maxInputTokens,
  prices: { input: 1, cached, output: 8 },
  cacheLifetime: minutes * minute,
});

/** From the smallest window that takes a question at all to a common one. */
const models: readonly TargetModel[] = [
  model("smallest", 1_000, 0.1),
  model("small", 2_000, 0.25),
  model("four", 4_000, 0.5, 5),
  model("eight", 8_000, 0.1),
  model("sixteen", 16_000, 0.1, 5),
  model("thirty-two", 32_000, 0.1),
  model("large", 128_000, 0.25, Infinity),
  { ...model("unpriced", 6_000, 1), prices: undefined },
];

const paths = ["a1.md", "b1.csv", "docs/c1.md", 'o dd&"<1>.md', "été1.md"];

export class World {
  readonly memory: MemoryParts;
  readonly session: RandomSession;
  /** The turns of each chat, as the chat remembers them. */
  readonly chats: (readonly ChatTurn[])[] = [[]];
  chat = 0;
  target: TargetModel;
  now: number;
  /** URI → all texts that the file has had. */
  readonly #texts = new Map<string, string[]>();
  /** URI → the texts that the file has had in the present turn. */
  readonly #turnTexts = new Map<string, readonly string[]>();
  #lastFile = 0;

  constructor(session: RandomSession, memory: MemoryParts, now: number) {
    this.session = session;
    this.memory = memory;
    this.now = now;
    this.target = picked(models, session.model);
    for (const { size, seed } of session.files) this.addNew(size, seed);
  }

  get fence(): string {
    return this.memory.session.fence;
  }

  get turns(): readonly ChatTurn[] {
    return this.chats[this.chat] ?? [];
  }

  set turns(turns: readonly ChatTurn[]) {
    this.chats[this.chat] = turns;
  }

  useModel(which: number): void {
    this.target = picked(models, which);
  }

  addNew(size: Size, seed: number): void {
    const number = ++this.#lastFile;
    const path = picked(paths, number + seed).replace("1", String(number));
    const uri = `file:///w/${path.split("/").map(encodeURIComponent).join("/")}`;
    this.write(uri, randomText(seed, size, this.fence));
    this.memory.add(uri);
  }

  write(uri: string, text: string): void {
    this.memory.disk.set(uri, text);
    this.#texts.set(uri, [...(this.#texts.get(uri) ?? []), text]);
    this.#turnTexts.set(uri, [...(this.#turnTexts.get(uri) ?? []), text]);
  }

  /** A turn begins: what files were before does not matter any more. */
  beginTurn(): void {
    this.now += minute;
    for (const { uri } of this.memory.files) {
      const text = this.memory.disk.get(uri);
      this.#turnTexts.set(uri, text === undefined ? [] : [text]);
    }
  }

  /** The texts that the file has had in the present turn, and that can be shown. */
  turnTexts({ uri, evicted }: SessionFile): readonly string[] {
    const texts = evicted || !this.memory.disk.has(uri) ? [] : (this.#turnTexts.get(uri) ?? []);
    return texts.filter((text) => text !== "");
  }

  edit({ uri }: SessionFile, how: EditKind | "back", seed: number): void {
    const now = this.memory.disk.get(uri);
    if (now === undefined) return;
    const back = (): string => picked(this.#texts.get(uri) ?? [now], seed);
    this.write(uri, how === "back" ? back() : edited(now, how, seed, this.fence));
  }

  /** What was there last comes to be there again. */
  giveBack({ uri }: SessionFile): void {
    const text = this.#texts.get(uri)?.findLast((known) => known !== "");
    if (text !== undefined && !this.memory.disk.has(uri)) this.memory.disk.set(uri, text);
  }

  /** A file of the session; undefined if there is none. */
  file(which: number): SessionFile | undefined {
    const { files } = this.memory;
    return files[which % files.length];
  }

  pathOf({ uri }: SessionFile): string {
    return pathInWorkspace(uri, this.memory.session.workspace);
  }
}

function picked<T>(items: readonly T[], which: number): T {
  const item = items[which % items.length];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
