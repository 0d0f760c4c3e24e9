/** What the real service reads of files in a request, by the endings of their names. */

// https://developers.openai.com/api/docs/guides/file-inputs
const endings: ReadonlySet<string> = new Set(
  [
    "pdf",
    "asm bat c cc conf cpp css cxx def dic eml h hh htm html ics ifb in js json ksh list log markdown md mht mhtml mime mjs nws pl py rst s sql srt",
    "text txt vcf vtt xml",
    "doc docx dot odt rtf",
    "pot ppa pps ppt pptx pwz wiz",
    "csv tsv iif xls xlsx xla xlb xlc xlm xlt xlw",
  ].flatMap((line) => line.split(" ")),
);

export const imageTypes: readonly string[] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** True if the Responses API reads a file of this name. */
export function isReadable(name: string): boolean {
  return endings.has(endingOf(name));
}

/** The part of a name behind its last dot, in lower case. */
export function endingOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}
