/** The names in a zip file, from its central directory (PKWARE APPNOTE 4.3.12). */
export function listZip(zip: Buffer): readonly string[] {
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0) throw new Error("not a zip file");
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    );
    const nameStart = at + 46;
    names.push(zip.toString("utf8", nameStart, nameStart + (nameLength ?? 0)));
    at = nameStart + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return names;
}
