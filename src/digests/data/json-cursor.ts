export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const space = 0x20;
const lineFeed = 0x0a;
const blanks: ReadonlySet<number | undefined> = new Set(Buffer.from(" \t\n\r"));
const escapes: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\/bfnrt'));
const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const letterE = 0x65;
const letterU = 0x75;
const words: ReadonlyMap<number | undefined, Buffer> = new Map(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** Deeper nesting means nothing; without a limit, a file of brackets would take many times its size. */
const deepest = 100_000;
/** Bytes between two yields. */
const stretch = 0x40000;

/**
 * A place in JSON, whose bytes are strict UTF-8. It goes over values without making them, so that a value may have any size.
 * Throws a `SyntaxError` where `JSON.parse` would, and where nesting is deeper than 100,000.
 */
export class JsonCursor {
  readonly #bytes: Buffer;
  #at = 0;
  #yieldAt: number = stretch;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes gone over. */
  get at(): number {
    return this.#at;
  }

  /** The bytes between two places as text. */
  text(start: number, end: number): string {
    return this.#bytes.toString("utf8", start, end);
  }

  /** Goes over white space. Returns the byte behind it, undefined at the end. */
  peek(): number | undefined {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte > space || !blanks.has(byte)) return byte;
      this.#at++;
    }
  }

  /** Goes over white space. False if something follows on the same line. */
  endLine(): boolean {
    const start = this.#at;
    return this.peek() === undefined || this.#bytes.subarray(start, this.#at).includes(lineFeed);
  }

  /** Goes over the bracket that opens an array or object. */
  enter(): void {
    this.#at++;
  }

  /** Goes to the next member of what `close` closes, with `count` members behind; or over `close`, and returns false. */
  toMember(count: number, close: number): boolean {
    if (this.peek() === close) {
      this.#at++;
      return false;
    }
    if (count > 0) this.#expect(comma);
    return true;
  }

  /** Goes over a key and the colon behind it. Returns where the key starts and ends. */
  skipKey(): readonly [start: number, end: number] {
    if (this.peek() !== quote) this.#fail();
    const start = this.#at;
    this.#skipString();
    const end = this.#at;
    this.peek();
    this.#expect(colon);
    return [start, end];
  }

  /** Goes over a string, number, `true`, `false` or `null`. */
  skipScalar(): void {
    const first = this.peek();
    const word = words.get(first);
    if (first === quote) this.#skipString();
    else if (word) for (const byte of word) this.#expect(byte);
    else this.#skipNumber();
  }

  /** Goes over one value. Yields now and then. */
  *skip(): Generator<void, void> {
    const closes: number[] = [];
    do {
      const close = this.#skipStart();
      if (close !== undefined) closes.push(close);
      if (closes.length > deepest) this.#fail();
      this.#skipEnds(closes, close === undefined ? 1 : 0);
      if (this.#at >= this.#yieldAt) {
        this.#yieldAt = this.#at + stretch;
        yield;
      }
    } while (closes.length > 0);
  }

  /** Goes over a scalar or an opening bracket. Returns the bracket that will close it. */
  #skipStart(): number | undefined {
    const first = this.peek();
    if (first !== openBrace && first !== openBracket) {
      this.skipScalar();
      return undefined;
    }
    this.enter();
    return first === openBrace ? closeBrace : closeBracket;
  }

  /** Goes over the brackets that close here, and on to the next value if any is still to be closed. */
  #skipEnds(closes: number[], membersBehind: number): void {
    let count = membersBehind;
    for (let close = closes.at(-1); close !== undefined; close = closes.at(-1)) {
      if (this.toMember(count, close)) {
        if (close === closeBrace) this.skipKey();
        return;
      }
      closes.pop();
      count = 1;
    }
  }

  #skipString(): void {
    this.#at++;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === quote) return;
      if (byte === backslash) this.#skipEscape();
      else if (byte === undefined || byte < space) this.#fail();
    }
  }

  #skipEscape(): void {
    const byte = this.#bytes[this.#at++];
    if (escapes.has(byte)) return;
    const digits = this.#bytes.toString("latin1", this.#at, this.#at + 4);
    if (byte !== letterU || !/^[0-9a-f]{4}$/iu.test(digits)) this.#fail();
    this.#at += 4;
  }

  #skipNumber(): void {
    this.#skipIf(minus);
    if (!this.#skipIf(zero)) this.#skipDigits();
    if (this.#skipIf(point)) this.#skipDigits();
    if (((this.#bytes[this.#at] ?? 0) | 0x20) !== letterE) return;
    this.#at++;
    if (!this.#skipIf(plus)) this.#skipIf(minus);
    this.#skipDigits();
  }

  #skipDigits(): void {
    const start = this.#at;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < zero || byte > nine) break;
      this.#at++;
    }
    if (this.#at === start) this.#fail();
  }

  #skipIf(byte: number): boolean {
    const isThere = this.#bytes[this.#at] === byte;
    if (isThere) this.#at++;
    return isThere;
  }

  #expect(byte: number): void {
    if (!this.#skipIf(byte)) this.#fail();
  }

  #fail(): never {
    throw new SyntaxError(`no JSON at byte ${this.#at}`);
  }
}
