import type { Family } from "../families.ts";
import type { Pause } from "../pause.ts";
import type { Extractor, FileBytes } from "../extraction.ts";

/** A module that reads one kind of document. */
interface DocumentModule {
  readonly extract: Extractor;
  readonly textOf?: (file: FileBytes, pause: Pause) => Promise<string | undefined>;
}

/** Documents. What reads them is loaded with the first file of the kind. */
export const documentFamilies: readonly Family[] = [
  {
    name: "PDF",
    ...loaded(() => import("./pdf-document.ts")),
    extensions: "pdf",
    isText: false,
    magic: "pdf",
  },
  {
    name: "Word documents",
    ...loaded(() => import("./docx-document.ts")),
    extensions: "docx docm dotx dotm",
    isText: false,
    magic: "docx docm dotx dotm",
  },
  {
    name: "PowerPoint presentations",
    ...loaded(() => import("./pptx-document.ts")),
    extensions: "pptx pptm ppsx ppsm potx potm",
    isText: false,
    magic: "pptx pptm ppsx ppsm potx potm",
  },
  {
    name: "OpenDocument texts and presentations",
    ...loaded(() => import("./odf-document.ts")),
    extensions: "odt ott odp otp",
    isText: false,
    magic: "odt ott odp otp",
  },
  {
    name: "books",
    ...loaded(() => import("./epub-document.ts")),
    extensions: "epub",
    isText: false,
    magic: "epub",
  },
  {
    name: "rich text",
    ...loaded(() => import("./rtf-document.ts")),
    extensions: "rtf",
    isText: false,
    magic: "rtf",
  },
  {
    name: "web pages",
    ...loaded(() => import("./html-document.ts")),
    extensions: "html htm xhtml",
    isText: false,
  },
  {
    name: "mails",
    ...loaded(() => import("./mail-document.ts")),
    extensions: "eml",
    isText: false,
  },
  {
    name: "mailboxes",
    ...loaded(() => import("./mailbox-document.ts")),
    extensions: "mbox",
    isText: false,
  },
  {
    name: "Office documents of the 97-2003 kind",
    ...loaded(() => import("./ole-document.ts")),
    extensions: "doc dot xls xlt ppt pps pot msg",
    isText: false,
    magic: "cfb",
  },
  {
    name: "Markdown",
    ...loaded(() => import("./outline.ts")),
    extensions: "md markdown mdx",
    isText: true,
  },
];

function loaded(load: () => Promise<DocumentModule>): Pick<Family, "extract" | "text"> {
  return {
    extract: async (file, pause) => (await load()).extract(file, pause),
    text: async (file, pause) => (await load()).textOf?.(file, pause),
  };
}
