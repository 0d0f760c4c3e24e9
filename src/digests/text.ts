import type { Extraction, FileBytes } from "./extraction.ts";
import type { Pause } from "./pause.ts";
import { counted, cut, inLines } from "./words.ts";

const previewLines = 5;
const previewWidth = 120;
/** Bytes to decode of a line: more than its preview can take, as no character takes more than three for each unit. */
const decodedBytes = 4 * previewWidth;
const chunkSize = 0x100000;
const lineFeed = 0x0a;
const byteOrderMark = "\uFEFF";

/** The number of lines and the first of them: for every text that nothing else knows. */
export async function extractText(
  { bytes, extension }: FileBytes,
  pause: Pause,
): Promise<Extraction> {
  const type = extension ?? "text";
  const lines = await countLines(bytes, pause);
  const preview = firstLines(bytes);
  const head = bytes.length === 0 ? `${type}, empty` : `${type}, ${counted(lines, "line")}`;
  return { extractor: "text", type, preview, text: inLines(head, preview) };
}

/** A last line without a line break counts. */
async function countLines(bytes: Buffer, pause: Pause): Promise<number> {
  let breaks = 0;
  for (let start = 0; start < bytes.length; start += chunkSize) {
    await pause();
    breaks += countBreaks(bytes.subarray(start, start + chunkSize));
  }
  return bytes.length > 0 && bytes.at(-1) !== lineFeed ? breaks + 1 : breaks;
}

function countBreaks(chunk: Buffer): number {
  let breaks = 0;
  for (let at = 0; at < chunk.length; at++) if (chunk[at] === lineFeed) breaks++;
  return breaks;
}

function firstLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < bytes.length && lines.length < previewLines) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.toString("utf8", start, Math.min(end, start + decodedBytes));
    const marked = start === 0 && line.startsWith(byteOrderMark) ? line.slice(1) : line;
    lines.push(cut(marked.endsWith("\r") ? marked.slice(0, -1) : marked, previewWidth));
    start = end + 1;
  }
  return lines;
}
