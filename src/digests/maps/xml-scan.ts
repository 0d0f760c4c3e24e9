import { Parser } from "htmlparser2";
import type { FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";

const chunkBytes = 0x40000;
/** Deeper elements are not followed. */
const deepest = 1000;
/** Characters kept of the text of an element. */
const textLimit = 1000;

/** What of XML is looked at: names are without their prefix. */
export interface XmlEvents {
  /** `path` ends with the element itself. */
  readonly onOpen?: (path: readonly string[], attributes: Readonly<Record<string, string>>) => void;
  /** The element ends: the first characters of its own text. */
  readonly onText?: (path: readonly string[], text: string) => void;
}

/** Goes over XML without making a tree of it. Entities of its own are not expanded, and nothing outside the file is read. Returns the number of elements. */
export async function scanXml(file: FileBytes, events: XmlEvents, pause: Pause): Promise<number> {
  const scan = new Scan(events);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => scan.open(name, attributes),
      ontext: (text) => scan.text(text),
      onclosetag: () => scan.close(),
    },
    { xmlMode: true, decodeEntities: true },
  );
  const decoder = new TextDecoder();
  for (let start = 0; start < file.size; start += chunkBytes) {
    await pause();
    parser.write(decoder.decode(file.read(start, start + chunkBytes), { stream: true }));
  }
  parser.end();
  return scan.elements;
}

class Scan {
  readonly #events: XmlEvents;
  readonly #path: string[] = [];
  readonly #texts: string[] = [];
  #depth = 0;
  elements = 0;

  constructor(events: XmlEvents) {
    this.#events = events;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.elements++;
    if (++this.#depth > deepest) return;
    this.#path.push(name.slice(name.indexOf(":") + 1));
    this.#texts.push("");
    this.#events.onOpen?.(this.#path, attributes);
  }

  text(text: string): void {
    const last = this.#texts.length - 1;
    const kept = this.#texts[last];
    if (kept === undefined || this.#depth > deepest || kept.length >= textLimit) return;
    this.#texts[last] = (kept + text).slice(0, textLimit);
  }

  close(): void {
    if (this.#depth-- > deepest) return;
    this.#events.onText?.(this.#path, (this.#texts.pop() ?? "").trim());
    this.#path.pop();
  }
}

/** True if the first element of the file, looked for in its first bytes, has one of these names. */
export function startsWithElement(file: FileBytes, ...names: readonly string[]): boolean {
  const head = file.read(0, 0x10000).toString("utf8");
  const before = String.raw`^\uFEFF?\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>\s*)*`;
  const first = new RegExp(`${before}<(?:[\\w.-]+:)?([\\w.-]+)`, "u").exec(head)?.[1];
  return first !== undefined && names.includes(first);
}
