import { preamble } from "../../../src/core/context/text/render.ts";
import { withOpenParts } from "../../../src/headless/open-parts.ts";
import { replay } from "../../../src/headless/replay.ts";
import type { Payload, Trace, TraceTurn } from "../../../src/headless/trace.ts";
import type { Count } from "../exact-count.ts";
import type { PriceList } from "./bill.ts";
import { type Step, walk } from "./walk.ts";

/** Makes the requests of a session to a model with these prices, one for each turn. */
export type Policy = (trace: Trace, count: Count, prices: PriceList) => Promise<readonly Payload[]>;

/** Ours, and what others do. */
export const policies = {
  satchel,
  "newest-first": requestsOf(newestFirst),
  "files-last": requestsOf(filesLast),
  "append-reset": requestsOf(appendAndReset),
} as const satisfies Readonly<Record<string, Policy>>;

export type PolicyName = keyof typeof policies;

/** The product: its engine, store, tokenizer and files on disk. It alone looks at prices. */
async function satchel(
  trace: Trace,
  _count: Count,
  { fresh, cached }: PriceList,
): Promise<readonly Payload[]> {
  const prices = { input: 1, cacheWrite: fresh, cached, output: 8 };
  return withOpenParts(trace.name, async (parts) => {
    const payloads: Payload[] = [];
    for await (const payload of replay(parts, trace, prices)) payloads.push(payload);
    return payloads;
  });
}

type Message = Payload["messages"][number];

/** What another policy has to work with. */
interface Desk {
  /** Paths of the base files. */
  readonly base: readonly string[];
  /** Tokens that files may take, and the conversation. */
  readonly room: number;
  readonly count: Count;
}

/** Makes the messages of a request between the instructions, which are ours for all, and its end. */
type Composer = (desk: Desk) => (step: Step, past: readonly TraceTurn[]) => readonly Message[];

const share = 0.4;
const instructions: Message = { role: "system", content: preamble("0".repeat(39)) };

function requestsOf(compose: Composer): Policy {
  return async (trace, count) => {
    const room = Math.floor(trace.window * share);
    const next = compose({ base: Object.keys(trace.base), room, count });
    return Array.from(walk(trace), (step) => ({
      turn: step.index,
      messages: [instructions, ...next(step, trace.turns.slice(0, step.index))],
      files: [],
    }));
  };
}

/** The file that was mentioned last comes first, until one does not fit; behind the files the latest turns that fit. */
function newestFirst({ base, room, count }: Desk): ReturnType<Composer> {
  let order = base;
  return ({ turn, mentioned, disk }, past) => {
    order = [...new Set([...mentioned, ...order])];
    const blocks = order.flatMap((path) => blockOf(path, disk) ?? []);
    const fitting = blocks.slice(0, countFitting(blocks, room, count));
    const latest = past.toReversed();
    const sizes = latest.map(({ ask, answer }) => ask + answer);
    const turns = latest.slice(0, countFitting(sizes, room, count)).toReversed();
    return [system(fitting.join("")), ...turns.flatMap(spoken), user(turn.ask)];
  };
}

/** The conversation, then the files as they are now in the order of their first mention, then the question. */
function filesLast({ base, room, count }: Desk): ReturnType<Composer> {
  const order = new Set(base);
  const talk = halving(room, count);
  return ({ turn, mentioned, disk }, past) => {
    for (const path of mentioned) order.add(path);
    const kept = new Set<string>();
    let left = room;
    for (const path of new Set([...mentioned, ...[...order].toReversed()])) {
      const tokens = count(blockOf(path, disk) ?? "");
      if (tokens === 0 || tokens > left) continue;
      left -= tokens;
      kept.add(path);
    }
    const blocks = [...order].filter((path) => kept.has(path)).map((path) => blockOf(path, disk));
    const turns = past.slice(talk(past));
    return [...turns.flatMap(spoken), system(blocks.join("")), user(turn.ask)];
  };
}

/** What was said, or files as they were read; undefined stands for a text that was dropped. */
type Entry =
  | { readonly kind: "turn"; readonly index: number }
  | { readonly kind: "files"; readonly texts: ReadonlyMap<string, string | undefined> };

/** Files are appended when they are mentioned, and again when they have changed. Where they pass their share, all texts are dropped but those of the turn. */
function appendAndReset({ base, room, count }: Desk): ReturnType<Composer> {
  let entries: Entry[] = [];
  const talk = halving(room, count);
  return ({ index, turn, mentioned, disk }, past) => {
    const known = new Map(entries.flatMap(textsOf));
    const wanted = index === 0 ? [...base, ...mentioned] : [...known.keys(), ...mentioned];
    const news = wanted.filter((path) => disk.has(path) && disk.get(path) !== known.get(path));
    entries.push({ kind: "files", texts: pick(disk, news) });
    if (count(textOf(entries.flatMap(textsOf))) > room) {
      entries = entries.map(withoutTexts);
      entries.push({ kind: "files", texts: pick(disk, mentioned) });
    }
    entries.push({ kind: "turn", index });
    const from = talk(past);
    return entries.flatMap((entry): readonly Message[] => {
      if (entry.kind === "files") return entry.texts.size > 0 ? [user(textOf(shownBy(entry)))] : [];
      if (entry.index === index) return [user(turn.ask)];
      return entry.index < from ? [] : past.slice(entry.index, entry.index + 1).flatMap(spoken);
    });
  };
}

function textsOf(entry: Entry): [string, string][] {
  return shownBy(entry).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]]));
}

function shownBy(entry: Entry): [string, string | undefined][] {
  return entry.kind === "files" ? [...entry.texts] : [];
}

function withoutTexts(entry: Entry): Entry {
  if (entry.kind === "turn") return entry;
  return {
    kind: "files",
    texts: new Map([...entry.texts.keys()].map((path) => [path, undefined])),
  };
}

function textOf(shown: readonly (readonly [string, string | undefined])[]): string {
  return shown
    .map(([path, text]) =>
      text === undefined ? `<file path="${path}" dropped/>\n` : block(path, text),
    )
    .join("");
}

function pick(disk: Step["disk"], paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(paths.map((path) => [path, disk.get(path) ?? ""]));
}

/** Says with which turn the conversation begins: where it passes its room, it loses its older half at once. */
function halving(room: number, count: Count): (past: readonly TraceTurn[]) => number {
  let from = 0;
  return (past) => {
    const size = (): number =>
      past.slice(from).reduce((sum, { ask, answer }) => sum + count(ask) + count(answer), 0);
    if (size() > room) while (size() > room / 2) from++;
    return from;
  };
}

/** How many texts fit, from the first one on, until one does not. */
function countFitting(texts: readonly string[], room: number, count: Count): number {
  let left = room;
  const misfit = texts.findIndex((text) => (left -= count(text)) < 0);
  return misfit < 0 ? texts.length : misfit;
}

function blockOf(path: string, disk: Step["disk"]): string | undefined {
  const text = disk.get(path);
  return text === undefined ? undefined : block(path, text);
}

function block(path: string, text: string): string {
  return `<file path="${path}">\n${text}\n</file>\n`;
}

function spoken({ ask, answer }: TraceTurn): readonly Message[] {
  return [user(ask), { role: "assistant", content: answer }];
}

function user(content: string): Message {
  return { role: "user", content };
}

function system(content: string): Message {
  return { role: "system", content };
}
