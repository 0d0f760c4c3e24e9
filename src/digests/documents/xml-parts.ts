import { posix } from "node:path";
import { decodeXml, localName, walkXml, type MarkupHandler } from "./markup.ts";
import type { Pause } from "../pause.ts";
import type { DocumentInfo } from "./document.ts";
import type { FileBytes } from "../extraction.ts";
import { unpacked, zipParts } from "../archives/zip-parts.ts";

/** Bytes of one part: its text is in memory as a whole. */
const largestPart = 50_000_000;

/** A document that is a zip archive of parts. */
export interface Zip {
  /** Why none of the parts is read, undefined if they are. */
  readonly refusal: string | undefined;
  /** Bytes of a part; undefined if there is none of this name. */
  read(name: string, pause: Pause): Promise<Buffer | undefined>;
}

/** Undefined if the file is no zip archive. */
export function openZip(file: FileBytes): Zip | undefined {
  const found = zipParts(file);
  return (
    found && {
      refusal: found.refusal,
      async read(name, pause) {
        const part = found.parts.get(name);
        if (!part) return undefined;
        if (part.size > largestPart) throw new Error("a part of the document is too large");
        const pieces: Uint8Array[] = [];
        for (const piece of unpacked(file, part)) {
          await pause();
          pieces.push(piece);
        }
        return Buffer.concat(pieces);
      },
    }
  );
}

/** What is told of a document whose parts are not read. */
export function refused(type: string, refusal: string): DocumentInfo {
  return { type, facts: { "not opened": refusal } };
}

/** The text of a part; undefined if there is none of this name. */
export async function partText(zip: Zip, name: string, pause: Pause): Promise<string | undefined> {
  const bytes = await zip.read(name, pause);
  return bytes && decodeXml(bytes);
}

/** Walks through a part; false if there is none of this name. */
export async function walkPart(
  zip: Zip,
  name: string,
  handler: MarkupHandler,
  pause: Pause,
): Promise<boolean> {
  const xml = await partText(zip, name, pause);
  if (xml === undefined) return false;
  await walkXml(xml, handler, pause);
  return true;
}

/** A part that another one leads to. ECMA-376-2, 6.5. */
export interface Relation {
  readonly id: string;
  /** The last word of its type, for example `officeDocument`. */
  readonly type: string;
  readonly target: string;
}

/** Where a part leads to, inside the archive. */
export async function relationsOf(zip: Zip, part: string, pause: Pause): Promise<Relation[]> {
  const relations: Relation[] = [];
  const folder = posix.dirname(part);
  const name = posix.join(folder, "_rels", `${posix.basename(part)}.rels`);
  const open: MarkupHandler["open"] = (tag, attributes) => {
    const { Id: id, Type: type, Target: target, TargetMode: mode } = attributes;
    if (localName(tag) !== "Relationship" || !id || !type || !target || mode === "External") return;
    const path = target.startsWith("/") ? target.slice(1) : posix.join(folder, target);
    relations.push({ id, type: posix.basename(type), target: path });
  };
  await walkPart(zip, name, { open }, pause);
  return relations;
}

/** The main part of an Office document, for example `word/document.xml`. */
export async function mainPart(zip: Zip, pause: Pause): Promise<string | undefined> {
  const relations = await relationsOf(zip, "", pause);
  return relations.find(({ type }) => type === "officeDocument")?.target;
}
