import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { parseMail, readMailText } from "./mail-document.ts";
import type { Pause } from "../pause.ts";

/** Begins a mail where a line begins. RFC 4155. */
const mark = Buffer.from("From ");
const longestMark = 200;
const lineFeed = 0x0a;
/** Mails whose subject is told, and whose text is read. */
const readMails = 100;
const largestMail = 2_000_000;
const pauseEvery = 0x400000;

/** Number and first subjects of the mails in a mailbox; undefined if it is none. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Text of the first mails. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async ({ bytes }, pause, prose) => {
  if (!bytes.subarray(0, mark.length).equals(mark)) return undefined;
  const { starts, count } = await findMails(bytes, pause);
  for (const [index, start] of starts.entries()) {
    if (index >= readMails) break;
    await pause();
    const head = bytes.indexOf(lineFeed, start) + 1;
    const end = Math.min(starts[index + 1] ?? bytes.length, start + largestMail);
    if (head === 0 || head > end) continue;
    const mail = await parseMail(bytes.subarray(head, end));
    prose.addHeading(mail.subject ?? "");
    await readMailText(mail, pause, prose);
  }
  return { type: "mbox", facts: { mails: count }, headingNoun: "mail" };
};

/** The first mails, and how many there are. */
async function findMails(
  bytes: Buffer,
  pause: Pause,
): Promise<{ readonly starts: readonly number[]; readonly count: number }> {
  const starts: number[] = [];
  let count = 0;
  let paused = 0;
  for (let at = 0; at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (at - paused > pauseEvery) {
      paused = at;
      await pause();
    }
    if (!isStart(bytes, at)) continue;
    count++;
    if (starts.length <= readMails) starts.push(at);
  }
  return { starts, count };
}

/** A line of the text may begin the same way: only the one that begins a mail ends in a date. */
function isStart(bytes: Buffer, at: number): boolean {
  const line = bytes.toString("latin1", at, at + longestMark).split("\n", 1)[0] ?? "";
  return /\d:\d\d.{0,40}\d{4}/u.test(line) && (at === 0 || isAfterEmptyLine(bytes, at));
}

function isAfterEmptyLine(bytes: Buffer, at: number): boolean {
  const before = bytes.toString("latin1", Math.max(0, at - 4), at);
  return before.endsWith("\n\n") || before.endsWith("\r\n\r\n");
}
