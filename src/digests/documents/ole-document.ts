import { extractDocument, type DocumentReader } from "./document.ts";
import type { Extractor } from "../extraction.ts";
import { OleFile } from "./ole-file.ts";
import { decode } from "./text-encoding.ts";

/** What is in a file with such a stream. */
const kinds: readonly (readonly [stream: string, type: string, kind: string])[] = [
  ["WordDocument", "doc", "Word document of the 97-2003 kind"],
  ["Workbook", "xls", "Excel workbook of the 97-2003 kind"],
  ["Book", "xls", "Excel workbook of the 5.0-95 kind"],
  ["PowerPoint Document", "ppt", "PowerPoint presentation of the 97-2003 kind"],
  ["__properties_version1.0", "msg", "Outlook message"],
  ["EncryptedPackage", "docx", "Office document, encrypted: a password is needed to read it"],
];
const summaryName = "\u0005SummaryInformation";
const summarySize = 0x10000;
/** Properties of the summary, and their types. MS-OLEPS 2.15 and 2.25.1. */
const titleId = 2;
const authorId = 4;
const codePageId = 1;
const narrow = 0x1e;
const wide = 0x1f;
const longestProperty = 1000;
const mostProperties = 100;

/** Kind and size of a document of the old Office, with title and author; undefined if it is none. Its text is not read. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

const read: DocumentReader = async (file, pause) => {
  await pause();
  const ole = OleFile.open(file);
  const found = ole && kinds.find(([stream]) => ole.streams.has(stream));
  if (!ole || !found) return undefined;
  const [, type, kind] = found;
  const { title, author } = summaryOf(ole);
  const size = `${file.size.toLocaleString("en-US")} bytes`;
  return { type, facts: { kind, title, author, size }, notes: ["its text is not read"] };
};

type Summary = Readonly<Partial<Record<"title" | "author", string>>>;

function summaryOf(ole: OleFile): Summary {
  const stream = ole.streams.get(summaryName);
  if (!stream) return {};
  const bytes = ole.read(stream, summarySize);
  const start = bytes.length >= 48 ? bytes.readUInt32LE(44) : bytes.length;
  const set = bytes.subarray(start);
  if (set.length < 8) return {};
  const places = propertiesOf(set);
  const at = places.get(codePageId);
  const page = at !== undefined && at + 6 <= set.length ? set.readUInt16LE(at + 4) : 1252;
  const encoding = page === 65_001 ? "utf-8" : `windows-${page}`;
  return {
    title: stringAt(set, places.get(titleId), encoding),
    author: stringAt(set, places.get(authorId), encoding),
  };
}

/** Where the properties are, by their id. */
function propertiesOf(set: Buffer): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const count = Math.min(mostProperties, set.readUInt32LE(4));
  for (let at = 8; at + 8 <= set.length && places.size < count; at += 8)
    places.set(set.readUInt32LE(at), set.readUInt32LE(at + 4));
  return places;
}

function stringAt(set: Buffer, at: number | undefined, encoding: string): string {
  if (at === undefined || at + 8 > set.length) return "";
  const type = set.readUInt32LE(at);
  if (type !== narrow && type !== wide) return "";
  const length = Math.min(longestProperty, set.readUInt32LE(at + 4)) * (type === wide ? 2 : 1);
  const text = decode(set.subarray(at + 8, at + 8 + length), type === wide ? "utf-16le" : encoding);
  return text.split("\0", 1)[0] ?? "";
}
