/** A longer tag or run of text is cut: nobody means it. */
const longestToken = 1024 * 1024;
const named: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Takes what a document of XML holds, in its order. Names come without their prefix. */
export interface XmlTaker {
  open(name: string, attributes: string): void;
  text(text: string): void;
  close(name: string): void;
}

/** What a document of XML holds: no entity is defined or loaded, and no part is kept. */
export class XmlScanner {
  readonly #taker: XmlTaker;
  readonly #decoder = new TextDecoder("utf-8");
  #rest = "";

  constructor(taker: XmlTaker) {
    this.#taker = taker;
  }

  /** Takes the next piece of the document. */
  push(piece: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(piece, { stream: true });
    let at = 0;
    for (;;) {
      const end = this.#token(text, at);
      if (end === undefined) break;
      at = end;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > longestToken) throw new Error("a tag without end");
  }

  /** The end of the token at `at`, undefined if it goes on after the text. */
  #token(text: string, at: number): number | undefined {
    if (text.charCodeAt(at) !== 0x3c) return this.#plain(text, at);
    const second = text.charCodeAt(at + 1);
    if (second === 0x21 || second === 0x3f) return this.#special(text, at);
    const end = text.indexOf(">", at);
    if (end === -1) return undefined;
    if (second === 0x2f) this.#taker.close(localName(text.slice(at + 2, end).trimEnd()));
    else this.#open(text, at + 1, end);
    return end + 1;
  }

  #plain(text: string, at: number): number | undefined {
    const end = text.indexOf("<", at);
    if (end === -1) return undefined;
    if (end > at) this.#taker.text(decoded(text.slice(at, end)));
    return end;
  }

  #open(text: string, start: number, end: number): void {
    const isEmpty = text.charCodeAt(end - 1) === 0x2f;
    const stop = isEmpty ? end - 1 : end;
    let nameEnd = start;
    while (nameEnd < stop && text.charCodeAt(nameEnd) > 0x20) nameEnd++;
    const name = localName(text.slice(start, nameEnd));
    this.#taker.open(name, text.slice(nameEnd, stop));
    if (isEmpty) this.#taker.close(name);
  }

  /** A comment, a section of characters, an instruction or a declaration. */
  #special(text: string, at: number): number | undefined {
    const section = "<![CDATA[";
    if (text.length - at < section.length) return undefined;
    if (text.startsWith(section, at)) {
      const end = text.indexOf("]]>", at);
      if (end === -1) return undefined;
      this.#taker.text(text.slice(at + section.length, end));
      return end + 3;
    }
    const close = text.startsWith("<!--", at) ? "-->" : ">";
    const end = text.indexOf(close, at + 2);
    return end === -1 ? undefined : end + close.length;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** The value of an attribute, by its name with or without prefix. */
export function attribute(attributes: string, name: string): string | undefined {
  for (let from = 0; ;) {
    const at = attributes.indexOf(`${name}=`, from);
    if (at === -1) return undefined;
    const before = attributes.charAt(at - 1);
    const quote = attributes.charAt(at + name.length + 1);
    const start = at + name.length + 2;
    const end = attributes.indexOf(quote, start);
    if (/[\s:]/u.test(before) && (quote === '"' || quote === "'"))
      return end === -1 ? undefined : decoded(attributes.slice(start, end));
    from = start;
  }
}

function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/giu, (whole, name: string) => {
    if (!name.startsWith("#")) return named.get(name) ?? whole;
    const code = name[1] === "x" ? Number(`0${name.slice(1)}`) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
