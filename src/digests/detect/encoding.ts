import { isMarkedPdf } from "./binary.ts";
import type { Pause } from "../pause.ts";

/** A text in UTF-8 that was in another encoding. */
export interface Converted {
  readonly bytes: Buffer;
  /** As a person would call it. */
  readonly encoding: string;
}

/** An encoding, and the label of it that `TextDecoder` knows. */
interface Encoding {
  readonly name: string;
  readonly label: string;
}

const littleEndian: Encoding = { name: "UTF-16 LE", label: "utf-16le" };
const bigEndian: Encoding = { name: "UTF-16 BE", label: "utf-16be" };
const latin: Encoding = { name: "Latin-1 (Windows-1252)", label: "windows-1252" };

/** By the names that the package `chardet` gives them. */
const multibyte: ReadonlyMap<string, Encoding> = new Map([
  ["GB18030", { name: "GBK", label: "gb18030" }],
  ["Shift_JIS", { name: "Shift-JIS", label: "shift_jis" }],
]);

const sampleBytes = 0x10000;
const chunkSize = 0x100000;
/** Of 100. Random bytes reach 94. */
const multibyteConfidence = 95;
const latinConfidence = 20;

/** What no text holds: control characters, and characters that do not exist or stand for what could not be read. */
const noText: RegExp = /[\p{Cn}\p{Co}\uFFFD]|(?![\t\n\f\r])\p{Cc}/u;

/** Converts UTF-16, with a mark at its start or, if most of it is Latin, without. Undefined if the bytes are not certainly that. */
export async function fromWide(bytes: Buffer, pause: Pause): Promise<Converted | undefined> {
  if (bytes.length < 4) return undefined;
  const encoding = markedWide(bytes) ?? unmarkedWide(bytes.subarray(0, sampleBytes));
  return encoding && convert(bytes, encoding, pause);
}

/** Converts a text in an encoding without NULs. Undefined if it is not almost certain that the bytes are one. */
export async function fromNarrow(bytes: Buffer, pause: Pause): Promise<Converted | undefined> {
  if (bytes.includes(0) || isMarkedPdf(bytes)) return undefined;
  const encoding = await sniffed(bytes.subarray(0, sampleBytes));
  return encoding && convert(bytes, encoding, pause);
}

function markedWide(bytes: Buffer): Encoding | undefined {
  const mark = bytes.readUInt16BE(0);
  if (mark === 0xfffe) return littleEndian;
  return mark === 0xfeff ? bigEndian : undefined;
}

/** Of UTF-16 without a mark at its start only the one with many Latin letters, each of which has a NUL on the same side. */
function unmarkedWide(sample: Buffer): Encoding | undefined {
  const nuls = [0, 0] as [number, number];
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) nuls[at % 2 === 0 ? 0 : 1]++;
  const many = sample.length * 0.15;
  if (nuls[0] === 0 && nuls[1] >= many) return littleEndian;
  return nuls[1] === 0 && nuls[0] >= many ? bigEndian : undefined;
}

async function sniffed(sample: Buffer): Promise<Encoding | undefined> {
  const { analyse } = await import("chardet");
  const [best] = analyse(sample);
  if (!best) return undefined;
  const found = multibyte.get(best.name);
  if (found) return best.confidence >= multibyteConfidence ? found : undefined;
  const isLatin = best.name === "ISO-8859-1" || best.name === "windows-1252";
  return isLatin && best.confidence >= latinConfidence && looksLatin(sample) ? latin : undefined;
}

/** Mostly ASCII, and signs do not stand in words: of other languages, that is what reading them as Latin-1 makes of some letters. */
function looksLatin(sample: Buffer): boolean {
  let high = 0;
  for (const byte of sample) if (byte >= 0x80) high++;
  return high <= sample.length * 0.3 && !signInWord.test(sample.toString("latin1"));
}

const signInWord: RegExp = /[¡-©¬®¯±´¶¸¹¼-¾×÷]\p{L}|\p{L}[¢-©¬®¯±¶¼-¿×÷]\p{L}/u;

/** Undefined if something in the bytes is not in this encoding, or no text. */
async function convert(
  bytes: Buffer,
  { name, label }: Encoding,
  pause: Pause,
): Promise<Converted | undefined> {
  const parts: Buffer[] = [];
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    for (let start = 0; start < bytes.length; start += chunkSize) {
      await pause();
      const end = start + chunkSize;
      const text = decoder.decode(bytes.subarray(start, end), { stream: end < bytes.length });
      if (noText.test(text)) return undefined;
      parts.push(Buffer.from(text));
    }
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
  return { bytes: Buffer.concat(parts), encoding: name };
}
