import { isTextType } from "./media-types.ts";

/** What a file is called and taken for at a provider. */
interface NamedFile {
  readonly name: string;
  readonly mediaType: string;
}

/** The endings of names that the Responses API reads. */
// https://developers.openai.com/api/docs/guides/file-inputs
const readEndings: ReadonlySet<string> = new Set(
  [
    "pdf doc docx dot odt rtf pot ppa pps ppt pptx pwz wiz csv tsv iif xls xlsx",
    "asm bat c cc conf cpp css cxx def dic eml h hh htm html ics ifb in js json ksh list log markdown md mht mhtml mime mjs nws pl py rst s sql srt",
    "text txt vcf vtt xml",
  ].flatMap((line) => line.split(" ")),
);

/**
 * The name and type under which a provider reads a file that goes by the endings of names, and knows few languages: a text with another ending becomes a `.txt`,
 * behind its own ending, so that the model still sees what it is. Without `endings`, those that OpenAI reads.
 */
export function readableName(
  { name, mediaType }: NamedFile,
  endings: ReadonlySet<string> = readEndings,
): NamedFile {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (endings.has(ending) || !isTextType(mediaType)) return { name, mediaType };
  return { name: `${name}.txt`, mediaType: "text/plain" };
}
