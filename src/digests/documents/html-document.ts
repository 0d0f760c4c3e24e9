import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { readPage } from "./html-walk.ts";
import type { Pause } from "../pause.ts";
import { decodeText } from "./text-encoding.ts";

/** Bytes that are read. */
const largestPage = 20_000_000;

/** Title, headings, links and words of a page, of which no script is run; undefined if there is no tag in it. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const html = decodeText(file.read(0, largestPage), declaredCharset);
  if (html === undefined) return undefined;
  const page = await readPage(html, pause, prose);
  if (!page.isMarkup) return undefined;
  return {
    type: "html",
    facts: {
      title: page.title,
      author: page.author,
      description: page.description,
      words: prose.words,
      links: page.links,
      images: page.images || undefined,
      tables: page.tables || undefined,
      language: page.language,
    },
    notes: file.size > largestPage ? ["only the first 20 MB were read"] : [],
  };
};

/** As the first kilobyte tells. HTML, 13.2.3.2. */
function declaredCharset(head: string): string | undefined {
  return /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,40})/iu.exec(head)?.[1];
}
