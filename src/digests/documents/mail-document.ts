import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { readPage } from "./html-walk.ts";
import type { Pause } from "../pause.ts";
import { Prose } from "./prose.ts";
import { loadPostalMime, type Address, type Email } from "./untyped-packages.ts";

/** Bytes of a mail that are read. */
const largestMail = 40_000_000;
const namedPeople = 10;
const namedAttachments = 10;
const headSize = 4096;
/** One of the fields that a mail begins with. RFC 5322, 3.6, and what servers put before. */
const field =
  /^(from|to|cc|subject|date|received|message-id|return-path|delivered-to|mime-version|sender|reply-to|x-[\w-]{1,60}|dkim-signature|authentication-results|content-type)[ \t]*:/imu;
const beginsWithField = /^[!-9;-~]{1,80}[ \t]*:/u;

/** People, subject, date, attachments and first text of a mail; undefined if it is none. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const head = file.read(0, headSize).toString("latin1").replace(/^\s+/u, "");
  if (!beginsWithField.test(head) || !field.test(head)) return undefined;
  await pause();
  const mail = await parseMail(file.read(0, largestMail));
  await readMailText(mail, pause, prose);
  return {
    type: "eml",
    facts: {
      from: mail.from && people([mail.from]),
      to: people(mail.to),
      cc: people(mail.cc),
      subject: mail.subject,
      date: mail.date,
      words: prose.words,
      attachments: attachmentsOf(mail),
    },
    notes: file.size > largestMail ? ["only the first 40 MB were read"] : [],
  };
};

/** A mail and its parts, decoded. */
export async function parseMail(bytes: Buffer): Promise<Email> {
  const { default: PostalMime } = await loadPostalMime();
  return PostalMime.parse(bytes, { maxNestingDepth: 50, maxRfc822NestingDepth: 3 });
}

/** Reads the text of a mail: as it is without pictures, if it is there in two kinds. */
export async function readMailText(
  { text, html }: Email,
  pause: Pause,
  prose: Prose,
): Promise<void> {
  if (text === undefined || text.trim() === "") {
    await readPage(html ?? "", pause, new Unheaded(prose));
    return;
  }
  for (const line of text.split("\n")) prose.add(line);
}

/** Headings of a mail are text: its outline is its subject. */
class Unheaded extends Prose {
  readonly #prose: Prose;

  constructor(prose: Prose) {
    super(false);
    this.#prose = prose;
  }

  override add(paragraph: string): void {
    this.#prose.add(paragraph);
  }

  override nameHeading(): void {}
}

function people(addresses: readonly Address[] | undefined): string | undefined {
  const all = (addresses ?? []).flatMap((address) => address.group ?? [address]);
  if (all.length === 0) return undefined;
  const names = all
    .slice(0, namedPeople)
    .map(({ name, address }) => (name === "" ? (address ?? "") : `${name} <${address ?? ""}>`));
  if (all.length > namedPeople) names.push(`${all.length - namedPeople} more`);
  return names.join(", ");
}

function attachmentsOf({ attachments }: Email): string | undefined {
  if (attachments.length === 0) return undefined;
  const names = attachments
    .slice(0, namedAttachments)
    .map(({ filename, mimeType, content }) => `${filename ?? mimeType} (${sizeOf(content)})`);
  if (attachments.length > namedAttachments)
    names.push(`${attachments.length - namedAttachments} more`);
  return `${attachments.length}: ${names.join(", ")}`;
}

function sizeOf(content: ArrayBuffer | Uint8Array | string): string {
  const size = typeof content === "string" ? content.length : content.byteLength;
  return `${size.toLocaleString("en-US")} bytes`;
}
