import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";
import { loadUnpdf, type Pdf } from "./untyped-packages.ts";

/** Pages that are read for a digest, and of which one must have text if the document is no scan. */
const digestPages = 20;
/** Pages that are read for the whole text. */
const textPages = 2000;
const outlineEntries = 100;
const mark = Buffer.from("%PDF-");
/** The mark stands in the first bytes. ISO 32000-1, annex H.3.4.1. */
const markEnd = 1024;

/** Errors of the parser that nothing in it waits for, seen with damaged files. */
const leaked: ReadonlySet<string> = new Set([
  "FormatError",
  "MissingDataException",
  "ParserEOFException",
  "XRefEntryException",
  "XRefParseException",
]);
let isGuarded = false;

/** Pages, title, author and first text of a PDF, and whether it is a scan or encrypted; undefined if it is none. */
export const extract: Extractor = (file, pause) =>
  extractDocument(readUpTo(digestPages), file, pause);

/** Its text, as far as it has any. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(readUpTo(textPages), file, pause);

function readUpTo(pages: number): DocumentReader {
  return async (file, pause, prose) => {
    if (!file.read(0, markEnd).includes(mark)) return undefined;
    await pause();
    guard();
    const pdf = await open(file.bytes);
    if (pdf === "locked")
      return { type: "pdf", facts: { encrypted: "yes, a password is needed to read it" } };
    try {
      return await readPdf(pdf, pages, pause, prose);
    } finally {
      await pdf.loadingTask.destroy();
    }
  };
}

/** Such an error would end the process, as late as with the next file: it says no more than that a file is damaged. */
function guard(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof Error && leaked.has(reason.name)) return;
    throw reason instanceof Error ? reason : new Error(String(reason));
  });
}

async function open(bytes: Buffer): Promise<Pdf | "locked"> {
  const unpdf = await loadUnpdf();
  try {
    // The bytes are taken over and detached: a copy is given.
    return await unpdf.getDocumentProxy(new Uint8Array(bytes), {
      enableXfa: false,
      useSystemFonts: false,
      verbosity: 0,
    });
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") return "locked";
    throw asError(error);
  }
}

/** Errors of the parser come through a message port: some are plain objects then. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("the PDF is damaged", { cause: error });
}

async function readPdf(
  pdf: Pdf,
  limit: number,
  pause: Pause,
  prose: Prose,
): ReturnType<DocumentReader> {
  const info = await infoOf(pdf);
  const pages = Math.min(limit, pdf.numPages);
  for (let page = 1; page <= pages; page++) {
    await pause();
    for (const line of await linesOf(pdf, page)) prose.add(line);
  }
  const isPart = pdf.numPages > pages;
  const { words } = prose;
  for (const name of await bookmarksOf(pdf)) prose.nameHeading(name);
  return {
    type: "pdf",
    facts: {
      pages: pdf.numPages,
      title: info["Title"],
      author: info["Author"],
      words: isPart ? undefined : words,
      content: contentOf(words, isPart ? pages : undefined),
      encrypted: info["EncryptFilterName"] ? "yes, it opens without a password" : undefined,
    },
    headingNoun: "bookmark",
  };
}

function contentOf(words: number, pages: number | undefined): string {
  const of = pages === undefined ? "" : ` on the first ${pages} pages`;
  return words > 0 ? `text${of && `, read${of}`}` : `no text${of}: scanned or drawn pages`;
}

/** Those values that are text. */
async function infoOf(pdf: Pdf): Promise<Readonly<Record<string, string>>> {
  const { info } = await pdf.getMetadata();
  return Object.fromEntries(
    Object.entries(info).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** The lines of a page in the order in which they are drawn. */
async function linesOf(pdf: Pdf, number: number): Promise<readonly string[]> {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return items
      .map(({ str = "", hasEOL }) => (hasEOL ? `${str}\n` : str))
      .join("")
      .split("\n");
  } catch (error) {
    throw asError(error);
  }
}

async function bookmarksOf(pdf: Pdf): Promise<readonly string[]> {
  // A damaged outline, or one that leads to itself, is none.
  const outline: unknown = await pdf.getOutline().catch(() => undefined);
  if (!Array.isArray(outline)) return [];
  return outline
    .slice(0, outlineEntries)
    .map(({ title }: { readonly title?: unknown }) => (typeof title === "string" ? title : ""));
}
