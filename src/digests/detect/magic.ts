/** The kind of a file by its first bytes, as an extension of the package `file-type`; undefined if they are of no kind that it knows. */
export async function magicOf(bytes: Buffer): Promise<string | undefined> {
  // Only here: most files are texts whose extension tells enough.
  const { fileTypeFromBuffer } = await import("file-type");
  try {
    return (await fileTypeFromBuffer(bytes))?.ext;
  } catch {
    // For example the end of a file that is cut off.
    return undefined;
  }
}

/** Containers of other formats: here the extension says more than the bytes. */
const containers: ReadonlySet<string> = new Set(
  "zip gz bz2 xz zst 7z tar xml cfb sqlite tif ogg asf mkv mp4 macho elf".split(" "),
);

export function isContainer(magic: string | undefined): boolean {
  return magic !== undefined && containers.has(magic);
}
