import { Parser } from "htmlparser2";
import type { Pause } from "../pause.ts";

const chunkSize = 0x8000;
/** Closing tags are looked for in all open ones. */
const deepest = 512;

export type Attributes = Readonly<Record<string, string>>;

/** What stands in markup, in its order. */
export interface MarkupHandler {
  open?(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Walks through XML: names are as they are written, with their prefixes. Only the five entities of XML and numbers are replaced; declared ones are not. */
export function walkXml(xml: string, handler: MarkupHandler, pause: Pause): Promise<void> {
  return walk(xml, handler, pause, true);
}

/** Walks through HTML of any quality: names are in lower case. Nothing is run or fetched. */
export function walkHtml(html: string, handler: MarkupHandler, pause: Pause): Promise<void> {
  return walk(html, handler, pause, false);
}

async function walk(
  markup: string,
  handler: MarkupHandler,
  pause: Pause,
  xmlMode: boolean,
): Promise<void> {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > deepest) throw new Error("the tags are nested too deeply");
        handler.open?.(name, attributes);
      },
      onclosetag(name) {
        depth--;
        handler.close?.(name);
      },
      ontext: (text) => handler.text?.(text),
    },
    { xmlMode, decodeEntities: true },
  );
  for (let at = 0; at < markup.length; at += chunkSize) {
    await pause();
    parser.write(markup.slice(at, at + chunkSize));
  }
  parser.end();
}

/** XML as it is encoded: UTF-16 with a byte order mark, else UTF-8. */
export function decodeXml(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  return new TextDecoder(isWide ? "utf-16le" : isBig ? "utf-16be" : "utf-8").decode(bytes);
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** The text of the first element of each name, by name. */
export async function elementTexts(
  xml: string,
  names: readonly string[],
  pause: Pause,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let current: string | undefined;
  let text = "";
  const handler: MarkupHandler = {
    open(name) {
      if (current !== undefined || !names.includes(name) || texts.has(name)) return;
      current = name;
      text = "";
    },
    text(part) {
      if (current !== undefined && text.length < 10_000) text += part;
    },
    close(name) {
      if (name !== current) return;
      texts.set(name, text.trim());
      current = undefined;
    },
  };
  await walkXml(xml, handler, pause);
  return texts;
}
