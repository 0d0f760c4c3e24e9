/** One thing in RTF: a bracket, a word with its number, a byte in hexadecimal digits, or text. RTF 1.9.1, "RTF Syntax". */
export type RtfToken =
  | { readonly kind: "open" | "close" }
  | { readonly kind: "word"; readonly word: string; readonly value: number | undefined }
  | { readonly kind: "bytes"; readonly bytes: Buffer };

const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x27;
const space = 0x20;
const longestWord = 64;
const longestPiece = 0x4000;

/** The tokens of RTF, in its order. */
export function* rtfTokens(bytes: Buffer): Generator<RtfToken, void> {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === openBrace || byte === closeBrace) {
      yield { kind: byte === openBrace ? "open" : "close" };
      at++;
    } else if (byte === lineFeed || byte === carriageReturn) at++;
    else if (byte === backslash) {
      const { token, end } = readControl(bytes, at + 1);
      if (token) yield token;
      at = end;
    } else {
      const end = endOfText(bytes, at);
      yield { kind: "bytes", bytes: bytes.subarray(at, end) };
      at = end;
    }
  }
}

interface Control {
  readonly token: RtfToken | undefined;
  readonly end: number;
}

function readControl(bytes: Buffer, start: number): Control {
  if (bytes[start] === quote) {
    const value = Number.parseInt(bytes.toString("latin1", start + 1, start + 3), 16);
    const token = { kind: "bytes", bytes: Buffer.from([value]) } as const;
    return { token: Number.isNaN(value) ? undefined : token, end: start + 3 };
  }
  const [whole, word = "", number] =
    /^([a-zA-Z]{1,32})(-?\d{1,10})?/u.exec(bytes.toString("latin1", start, start + longestWord)) ??
    [];
  if (whole === undefined) return readSymbol(bytes, start);
  const value = number === undefined ? undefined : Number(number);
  const end = start + whole.length + (bytes[start + whole.length] === space ? 1 : 0);
  // What follows is no RTF, for as many bytes as the number says.
  const skipped = word === "bin" ? Math.max(0, value ?? 0) : 0;
  return { token: { kind: "word", word, value }, end: end + skipped };
}

/** A sign after the backslash stands for itself, or does something. */
function readSymbol(bytes: Buffer, start: number): Control {
  const sign = bytes.toString("latin1", start, start + 1);
  const isLiteral = sign === "\\" || sign === "{" || sign === "}";
  const token: RtfToken = isLiteral
    ? { kind: "bytes", bytes: Buffer.from(sign) }
    : { kind: "word", word: sign, value: undefined };
  return { token, end: start + 1 };
}

function endOfText(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && at < start + longestPiece && !isSpecial(bytes[at])) at++;
  return at;
}

function isSpecial(byte: number | undefined): boolean {
  return (
    byte === backslash ||
    byte === openBrace ||
    byte === closeBrace ||
    byte === lineFeed ||
    byte === carriageReturn
  );
}
