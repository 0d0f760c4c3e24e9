/** Numbers and texts as bytes, for files that are written by hand. */
export const u8 = (...values: number[]): Buffer => Buffer.from(values);
export const ascii = (text: string): Buffer => Buffer.from(text, "latin1");

export function u16(value: number, isBig = false): Buffer {
  const bytes = Buffer.alloc(2);
  if (isBig) bytes.writeUInt16BE(value);
  else bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number, isBig = false): Buffer {
  const bytes = Buffer.alloc(4);
  if (isBig) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function f64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** Bytes in a row. */
export const row = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);

/** Bytes with NULs behind them up to a length. */
export const padded = (bytes: Buffer, length: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);

export type TiffTag = readonly [tag: number, type: number, count: number, content: Buffer];

/** A TIFF in little-endian order of one directory, whose first entry stands at byte 10. TIFF 6.0, section 2. */
export function tiffOf(tags: readonly TiffTag[]): Buffer {
  let free = 10 + tags.length * 12 + 4;
  const contents: Buffer[] = [];
  const entries = tags.map(([tag, type, count, content]) => {
    const head = row(u16(tag), u16(type), u32(count));
    if (content.length <= 4) return row(head, padded(content, 4));
    contents.push(content);
    free += content.length;
    return row(head, u32(free - content.length));
  });
  return row(ascii("II*\0"), u32(8), u16(tags.length), ...entries, u32(0), ...contents);
}

/** A text as a tag has it. */
export const tiffText = (tag: number, text: string): TiffTag => [
  tag,
  2,
  text.length + 1,
  ascii(`${text}\0`),
];

export const tiffShorts = (tag: number, ...values: number[]): TiffTag => [
  tag,
  3,
  values.length,
  row(...values.map((value) => u16(value))),
];

export const tiffDoubles = (tag: number, ...values: number[]): TiffTag => [
  tag,
  12,
  values.length,
  row(...values.map(f64)),
];
