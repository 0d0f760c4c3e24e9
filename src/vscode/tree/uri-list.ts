/** RFC 2483: a URI a line; lines that begin with `#` are comments. */
export function parseUriList(list: string): readonly string[] {
  return list.split(/\r?\n/u).filter((line) => line !== "" && !line.startsWith("#"));
}
